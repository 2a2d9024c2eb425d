from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from enrollment.actions.profiles.restore_revision import restore_revision
from enrollment.api.location import LOCATION, location
from enrollment.api.pages import NewestFirst
from enrollment.api.serializers.profile_drafts import WholeProfileDraftSerializer
from enrollment.api.serializers.revisions import RevisionSerializer, WholeRevisionSerializer
from enrollment.api.viewset import Reading
from enrollment.models import Permission, Profile, ProfileRevision


@extend_schema(tags=["profiles"])
class RevisionViewSet(Reading):
    """What a profile has said, the newest first."""

    queryset = ProfileRevision.objects.none()
    serializer_class = WholeRevisionSerializer
    pagination_class = NewestFirst
    lookup_field = "number"
    lookup_value_converter = "int"
    needed = Permission.READ_PROFILE

    def get_queryset(self) -> QuerySet[ProfileRevision]:
        profiles = Profile.objects.visible_to(self.request.user)
        profile = get_object_or_404(profiles, pk=self.kwargs["profile"])
        return profile.revisions.select_related("created_by", "profile__token")

    def get_serializer_class(self) -> type[RevisionSerializer]:
        return RevisionSerializer if self.action == "list" else WholeRevisionSerializer

    @extend_schema(operation_id="profiles_revisions_list", responses=RevisionSerializer)
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The revisions of a profile, the newest first."""
        return super().list(request, *args, **kwargs)

    @extend_schema(operation_id="profiles_revisions_retrieve")
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One revision, with its settings and the payload."""
        return super().retrieve(request, *args, **kwargs)

    @extend_schema(
        operation_id="profiles_revisions_restore",
        request=None,
        parameters=[LOCATION],
        responses={201: WholeProfileDraftSerializer},
    )
    @action(detail=True, methods=["post"], needed=Permission.UPDATE_PROFILE)
    def restore(self, request: Request, profile: int, number: int) -> Response:
        """A draft that says what the revision said; saved, it is a new revision. Drafts begun before stay."""
        draft = restore_revision(self.get_object(), by=request.user)
        draft.owner = request.user
        headers = location("api-profile-draft-detail", draft.pk, request)
        return Response(WholeProfileDraftSerializer(draft).data, status=status.HTTP_201_CREATED, headers=headers)
