from typing import Any

from allauth.usersessions.models import UserSession
from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import mixins, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from enrollment.actions.access.end_sessions import end_sessions
from enrollment.actions.access.set_language import set_language
from enrollment.actions.warnings.choose_warning_mails import choose_warning_mails
from enrollment.api.access import refusals_told
from enrollment.api.asked import said
from enrollment.api.pages import NewestFirst
from enrollment.api.serializers.me import EndedSerializer, MeChangedSerializer, MeSerializer, SessionSerializer
from enrollment.api.viewset import Viewset

IN_FRENCH = OpenApiExample("French", {"language": "fr"}, request_only=True)
ONCE_A_DAY = OpenApiExample(
    "What is urgent, once a day", {"told_from": "unhealthy", "told_rhythm": "daily"}, request_only=True
)


class MeViewSet(Viewset):
    """Who am I, and what may I?"""

    serializer_class = MeSerializer
    pagination_class = None

    @extend_schema(operation_id="me", filters=False)
    def show(self, request: Request) -> Response:
        """Who you are, what you may and what you see, with the key you came with."""
        return Response(self.get_serializer(request.user).data)

    @extend_schema(operation_id="me_change", request=MeChangedSerializer, examples=[IN_FRENCH, ONCE_A_DAY])
    def change(self, request: Request) -> Response:
        """Choose the language of the mails you get, which warnings are among them, and how often.

        Which warnings, and how often, is not for a key that is less than you: 409.
        """
        words, me = said(MeChangedSerializer, request), request.user
        language = words.pop("language", None)
        if words:
            known = {"told_from": me.told_from, "told_rhythm": me.told_rhythm}
            with refusals_told():
                choose_warning_mails(me, by=me, **{**known, **words})
        if language is not None:
            set_language(me, language)
            me.refresh_from_db(fields=["language"])
        return Response(self.get_serializer(request.user).data)


class SessionViewSet(mixins.ListModelMixin, Viewset):
    """Where you are signed in with a browser. A key that is less than you sees none of it."""

    queryset = UserSession.objects.none()
    serializer_class = SessionSerializer
    pagination_class = NewestFirst

    def get_queryset(self) -> QuerySet[UserSession]:
        me = self.request.user
        sessions = UserSession.objects.filter(user=me)
        return sessions.none() if me.key and me.key.is_less else sessions

    @extend_schema(operation_id="me_sessions_list")
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Your sessions, the newest first."""
        UserSession.objects.purge_and_list(request.user)
        return super().list(request, *args, **kwargs)

    @extend_schema(operation_id="me_sessions_end", responses={204: None})
    def destroy(self, request: Request, pk: int) -> Response:
        """End one of them: that browser has to sign in anew."""
        with refusals_told():
            end_sessions(request.user, by=request.user, sessions=[self.get_object()])
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(operation_id="me_sessions_end_others", request=None, responses=EndedSerializer)
    @action(detail=False, methods=["post"], url_path="end-others")
    def end_others(self, request: Request) -> Response:
        """End all of them but the one you ask from; with a key, all there are."""
        others = self.get_queryset().exclude(session_key=request.session.session_key or "")
        with refusals_told():
            count = end_sessions(request.user, by=request.user, sessions=others)
        return Response(EndedSerializer({"count": count}).data)
