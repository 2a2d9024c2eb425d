from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema, extend_schema_view
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from enrollment import limits
from enrollment.actions.profiles.check_draft import check_draft
from enrollment.actions.profiles.check_enrollment_url import TlsVerdict, check_enrollment_url
from enrollment.actions.profiles.delete_profile_draft import delete_profile_draft
from enrollment.actions.profiles.duplicate_profile import duplicate_profile
from enrollment.actions.profiles.import_profile import import_profile
from enrollment.actions.profiles.lint_profile import lint_profile
from enrollment.actions.profiles.save_profile import ProfileNotSaved, save_profile
from enrollment.actions.profiles.save_profile_draft import save_profile_draft
from enrollment.actions.profiles.start_profile import TokenNotActive, start_profile
from enrollment.api.apple_copy import tell_apple
from enrollment.api.asked import said
from enrollment.api.etag import CHANGED_SINCE, ETAG, IF_MATCH, check_unchanged, etag_of
from enrollment.api.location import LOCATION, location
from enrollment.api.parser import Json
from enrollment.api.problem import ProblemSerializer, Refused, refusal
from enrollment.api.profiles import not_saved
from enrollment.api.serializers.profile_drafts import (
    ImportedDraftSerializer,
    ProfileDraftEditSerializer,
    ProfileDraftSerializer,
    ProfileDraftStartSerializer,
    ProfileImportSerializer,
    ProfileTextSerializer,
    TlsVerdictSerializer,
    WholeProfileDraftSerializer,
)
from enrollment.api.serializers.profiles import FindingSerializer, PreviewSerializer, ProfileSerializer
from enrollment.api.setup_preview import PreviewAskedSerializer, preview
from enrollment.api.viewset import Reading
from enrollment.models import Installation, Permission, Profile, ProfileDraft
from enrollment.models.labelled import colon
from enrollment.models.profile_file import Complaint, NotAProfileFile
from enrollment.models.profile_payload import payload
from enrollment.permissions import check, may

TYPED = OpenApiExample(
    "The name and a setting", {"name": "Kiosk", "settings": {"affinity": "without"}}, request_only=True
)
IMPORTED = OpenApiExample(
    "A text",
    {"token": 1, "text": "format: pomona-profile\nversion: 1\nname: Kiosk\nsettings:\n  affinity: without\n"},
    request_only=True,
    media_type="application/json",
)
STARTED = [
    OpenApiExample("From the defaults", {"token": 1}, request_only=True),
    OpenApiExample("Like another profile", {"like": 2}, request_only=True),
]


@extend_schema_view(list=extend_schema(operation_id="profile_drafts_list", responses=ProfileDraftSerializer))
class ProfileDraftViewSet(Reading):
    """Profiles being written: yours alone. A draft may be incomplete; it is judged when it is saved.

    Who may create profiles writes new ones, who may update them edits.
    """

    queryset = ProfileDraft.objects.none()
    serializer_class = WholeProfileDraftSerializer
    needs = {
        "list": Permission.READ_PROFILE,
        "preview": Permission.READ_PROFILE,
        "create": Permission.CREATE_PROFILE,
        "import_file": Permission.CREATE_PROFILE,
    }

    def check_permissions(self, request: Request) -> None:
        super().check_permissions(request)
        if self.action in self.needs or self.action is None:
            return
        if not (may(request.user, Permission.CREATE_PROFILE) or may(request.user, Permission.UPDATE_PROFILE)):
            raise PermissionDenied

    def get_queryset(self) -> QuerySet[ProfileDraft]:
        return ProfileDraft.objects.visible_to(self.request.user).select_related("token", "profile__current")

    def get_object(self) -> ProfileDraft:
        draft: ProfileDraft = super().get_object()
        if self.action != "preview":
            check(self.request.user, Permission.UPDATE_PROFILE if draft.profile_id else Permission.CREATE_PROFILE)
        # The person as they came: with a key, they may see less.
        draft.owner = self.request.user
        return draft

    def get_serializer_class(self) -> type[ProfileDraftSerializer]:
        return ProfileDraftSerializer if self.action == "list" else WholeProfileDraftSerializer

    @extend_schema(operation_id="profile_drafts_retrieve")
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """What was typed, what keeps it from being saved, and what saving it would mean for the devices."""
        return super().retrieve(request, *args, **kwargs)

    @extend_schema(
        operation_id="profile_drafts_start",
        request=ProfileDraftStartSerializer,
        responses={201: WholeProfileDraftSerializer},
        parameters=[LOCATION],
        examples=STARTED,
    )
    def create(self, request: Request) -> Response:
        """Begin a profile of a token that is active. To edit one: `profiles/{id}/edit/`."""
        words = said(ProfileDraftStartSerializer, request)
        like: Profile | None = words.get("like")
        token = words.get("token", like and like.token)
        try:
            if like:
                draft = duplicate_profile(like, token=token, by=request.user)
            else:
                draft = start_profile(token, by=request.user)
        except TokenNotActive as error:
            raise refusal(error) from None
        return self._made(draft)

    def _made(self, draft: ProfileDraft) -> Response:
        draft.owner = self.request.user
        headers = location("api-profile-draft-detail", draft.pk, self.request)
        return Response(WholeProfileDraftSerializer(draft).data, status=status.HTTP_201_CREATED, headers=headers)

    @extend_schema(
        operation_id="profile_drafts_import",
        request={"multipart/form-data": ProfileImportSerializer, "application/json": ProfileTextSerializer},
        responses={201: ImportedDraftSerializer},
        parameters=[LOCATION],
        examples=[IMPORTED],
    )
    @action(detail=False, methods=["post"], url_path="import", parser_classes=[MultiPartParser, Json])
    def import_file(self, request: Request) -> Response:
        """Begin with a file: an export, or a profile of Apple's (JSON or YAML).

        Each fault of it is told with its line and key; then nothing is made.
        """
        is_file = request.content_type.startswith("multipart/")
        words = said(ProfileImportSerializer if is_file else ProfileTextSerializer, request)
        content = words["file"].read(limits.PROFILE_FILE_BYTES + 1) if is_file else words["text"].encode()
        try:
            draft, left_out = import_profile(content, token=words["token"], by=request.user)
        except NotAProfileFile as error:
            faults = [_in_words(complaint) for complaint in error.complaints]
            raise ValidationError({"file" if is_file else "text": faults}) from None
        except TokenNotActive as error:
            raise refusal(error) from None
        answer = self._made(draft)
        answer.data = {**answer.data, "left_out": left_out}
        return answer

    @extend_schema(operation_id="profile_drafts_update", request=ProfileDraftEditSerializer, examples=[TYPED])
    def partial_update(self, request: Request, *_path: Any, **_names: Any) -> Response:
        """Say more, or something else. A value that can never be taken is refused, and nothing is kept of the request.

        What is only missing yet, or does not go together, is told under `errors`.
        """
        draft = self.get_object()
        words = said(ProfileDraftEditSerializer, request)
        settings = words.pop("settings", {})
        save_profile_draft(draft, **words, **settings)
        return Response(self.get_serializer(draft).data)

    @extend_schema(operation_id="profile_drafts_discard", responses={204: None})
    def destroy(self, request: Request, *_path: Any, **_names: Any) -> Response:
        """Forget what was typed; the profile it would have changed stays as it is."""
        delete_profile_draft(self.get_object(), by=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(
        operation_id="profile_drafts_save",
        request=None,
        parameters=[IF_MATCH, LOCATION, ETAG],
        responses={
            200: OpenApiResponse(ProfileSerializer, "Of an edit."),
            201: OpenApiResponse(ProfileSerializer, "Of a new profile."),
            **CHANGED_SINCE,
        },
    )
    @action(detail=True, methods=["post"])
    def save(self, request: Request, pk: str | None = None) -> Response:
        """Make the draft a profile, or a new revision of one. 400 says by field what keeps it from being saved.

        Apple is asked at once: `at_apple` tells whether it has the profile, has refused it, or is asked again later.
        If-Match is about the profile that is edited.
        """
        with transaction.atomic():
            draft = self.get_object()
            if draft.profile:
                Profile.objects.select_for_update().get(pk=draft.profile_id)
                draft.profile.refresh_from_db()
                check_unchanged(request, draft.profile)
            try:
                profile = save_profile(draft, by=request.user)
            except ProfileNotSaved as error:
                raise not_saved(error) from None
        tell_apple(profile, request.user)
        profile = Profile.objects.select_related("current").get(pk=profile.pk)
        headers = {"ETag": etag_of(profile), **location("api-profile-detail", profile.pk, request)}
        code = status.HTTP_200_OK if draft.profile_id else status.HTTP_201_CREATED
        return Response(ProfileSerializer(profile).data, status=code, headers=headers)

    @extend_schema(operation_id="profile_drafts_lint", responses=FindingSerializer(many=True), filters=False)
    @action(detail=True, pagination_class=None)
    def lint(self, request: Request, pk: str | None = None) -> Response:
        """What is allowed and yet perhaps not what somebody wants, the gravest first."""
        draft = self.get_object()
        findings = lint_profile(check_draft(draft)[0], platform=draft.platform, reader=request.user)
        return Response(FindingSerializer(findings, many=True).data)

    @extend_schema(operation_id="profile_drafts_payload", responses={200: OpenApiTypes.OBJECT, 409: ProblemSerializer})
    @action(detail=True)
    def payload(self, request: Request, pk: str | None = None) -> Response:
        """The exact JSON that Apple would get. 409 while something is missing: `errors` says what."""
        draft = self.get_object()
        settings, errors = check_draft(draft)
        if errors:
            raise Refused(_("The draft is not complete yet."), errors=errors)
        magic = str(Installation.this().org_magic)
        return Response(payload(settings, profile_name=draft.name, org_magic=magic))

    @extend_schema(
        operation_id="profile_drafts_preview", parameters=[PreviewAskedSerializer], responses=PreviewSerializer
    )
    @action(detail=True)
    def preview(self, request: Request, pk: str | None = None) -> Response:
        """The screens a user would meet, in order; what cannot be taken yet counts as not set."""
        draft = self.get_object()
        return Response(preview(request, check_draft(draft)[0], draft.token, draft.platform))

    @extend_schema(operation_id="profile_drafts_check_url", request=None, responses=TlsVerdictSerializer)
    @action(detail=True, methods=["post"], url_path="check-url")
    def check_url(self, request: Request, pk: str | None = None) -> Response:
        """Ask whether the enrollment URL answers over TLS, as a device would."""
        verdict = check_enrollment_url(str(self.get_object().settings.get("enrollment_url") or ""))
        found = {"verdict": verdict.name.lower(), "answers": verdict == TlsVerdict.ANSWERS, "sentence": _(verdict)}
        return Response(TlsVerdictSerializer(found).data)


def _in_words(fault: Complaint) -> str:
    where = _("Line %(line)s") % {"line": fault.line} if fault.line else ""
    return f"{colon()} ".join(part for part in (where, fault.key, fault.sentence) if part)
