from http import HTTPStatus

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.utils.text import slugify
from django.utils.translation import gettext_noop
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from enrollment import tasks
from enrollment.actions.profiles.ask_apple_for_profile import ask_apple_for_profile
from enrollment.actions.profiles.define_revision import define_revision
from enrollment.actions.profiles.edit_profile import edit_profile
from enrollment.actions.profiles.export_profile import export_profile
from enrollment.actions.profiles.lint_profile import lint_profile
from enrollment.api.asked import asked
from enrollment.api.etag import ETAG, etag_of
from enrollment.api.files import YAML_TYPE, Yaml, as_file
from enrollment.api.location import LOCATION, location
from enrollment.api.problem import ProblemSerializer, Refused
from enrollment.api.serializers.profile_drafts import WholeProfileDraftSerializer
from enrollment.api.serializers.profiles import FindingSerializer, PreviewSerializer, ProfileSerializer
from enrollment.api.serializers.revisions import AppleSideSerializer, ComparisonSerializer
from enrollment.api.setup_preview import PreviewAskedSerializer, preview
from enrollment.api.viewset import Viewset
from enrollment.models import Permission, Profile, ProfileDraft, ProfileRevision
from enrollment.models.payload_difference import payload_differences
from enrollment.models.profile_words import differences

NOT_YET = gettext_noop("Apple does not have this profile yet.")
EXPORTS = {
    (200, "application/json"): OpenApiResponse(OpenApiTypes.OBJECT, "As docs/profile-file.md says."),
    (200, YAML_TYPE): OpenApiResponse(OpenApiTypes.OBJECT, "The same as YAML."),
}

FORMAT = OpenApiParameter("format", str, enum=["json", "yaml"], description="Instead of the header Accept.")


class ExportAskedSerializer(serializers.Serializer):
    """As what."""

    kind = serializers.ChoiceField(
        choices=[("json", "JSON"), ("yaml", "YAML")],
        required=False,
        help_text="Left out: what Accept prefers.",
    )


@extend_schema(tags=["profiles"])
class ProfileContentViewSet(Viewset):
    """What a profile comes to: for Apple, for users, in words, as a file."""

    queryset = Profile.objects.none()
    serializer_class = ProfileSerializer
    needed = Permission.READ_PROFILE

    def get_queryset(self) -> QuerySet[Profile]:
        return Profile.objects.visible_to(self.request.user).select_related("token", "current")

    @extend_schema(operation_id="profiles_lint", responses=FindingSerializer(many=True), filters=False)
    @action(detail=True, pagination_class=None)
    def lint(self, request: Request, pk: str | None = None) -> Response:
        """What is allowed and yet perhaps not what somebody wants, the gravest first."""
        profile = self.get_object()
        findings = lint_profile(profile.settings, platform=profile.platform, reader=request.user)
        return Response(FindingSerializer(findings, many=True).data)

    @extend_schema(operation_id="profiles_payload", responses=OpenApiTypes.OBJECT)
    @action(detail=True)
    def payload(self, request: Request, pk: str | None = None) -> Response:
        """The exact JSON that Apple gets."""
        return Response(self._current().payload)

    @extend_schema(operation_id="profiles_preview", parameters=[PreviewAskedSerializer], responses=PreviewSerializer)
    @action(detail=True)
    def preview(self, request: Request, pk: str | None = None) -> Response:
        """The screens of Setup Assistant that a user will meet, in order."""
        profile = self.get_object()
        return Response(preview(request, profile.settings, profile.token, profile.platform))

    @extend_schema(
        operation_id="profiles_compare",
        parameters=[
            OpenApiParameter("from", int, description="The number of a revision; left out: the one before the other."),
            OpenApiParameter("to", int, description="The number of a revision; left out: the current one."),
        ],
        responses=ComparisonSerializer,
    )
    @action(detail=True)
    def compare(self, request: Request, pk: str | None = None) -> Response:
        """Two revisions, only what differs: settings in words, and the payload as JSON."""
        profile = self.get_object()
        after = self._revision(profile, "to") or profile.current
        if after is None:
            raise Http404
        before = self._revision(profile, "from") or profile.revisions.filter(number__lt=after.number).first() or after
        found = {
            "before": before.number,
            "after": after.number,
            "settings": differences(before.settings_of_today(), after.settings_of_today(), reader=request.user),
            "payload": payload_differences(before.payload, after.payload),
        }
        return Response(ComparisonSerializer(found).data)

    def _revision(self, profile: Profile, name: str) -> ProfileRevision | None:
        text = self.request.query_params.get(name)
        if text is None:
            return None
        try:
            number = serializers.IntegerField().run_validation(text)
        except serializers.ValidationError as error:
            raise serializers.ValidationError({name: error.detail}) from None
        found: ProfileRevision | None = profile.revisions.filter(number=number).first()
        if found is None:
            raise Http404
        return found

    @extend_schema(operation_id="profiles_export", parameters=[ExportAskedSerializer, FORMAT], responses=EXPORTS)
    @action(detail=True, renderer_classes=[JSONRenderer, Yaml])
    def export(self, request: Request, pk: str | None = None) -> HttpResponse:
        """A profile as a file, to keep or to import elsewhere; that it is exported is recorded."""
        profile = self.get_object()
        accepted = "yaml" if isinstance(request.accepted_renderer, Yaml) else "json"
        kind = asked(ExportAskedSerializer, request).get("kind", accepted)
        text = export_profile(profile, as_yaml=kind == "yaml", by=request.user)
        media_type = YAML_TYPE if kind == "yaml" else "application/json"
        return as_file(text, media_type, f"{slugify(profile.name) or 'profile'}.{kind}")

    @extend_schema(
        operation_id="profiles_apple",
        responses={200: AppleSideSerializer, 409: ProblemSerializer, 502: ProblemSerializer},
    )
    @action(detail=True)
    def apple(self, request: Request, pk: str | None = None) -> Response:
        """Ask Apple for its copy, and tell where that is not what was sent. 409 while Apple has none."""
        revision = self._current()
        if not revision.apple_uuid:
            raise Refused(NOT_YET)
        side = ask_apple_for_profile(revision)
        if side.refusal:
            raise side.refusal
        return Response(AppleSideSerializer(side).data)

    @extend_schema(
        operation_id="profiles_ask_apple",
        request=None,
        parameters=[ETAG],
        responses={200: ProfileSerializer, 502: ProblemSerializer},
    )
    @action(detail=True, methods=["post"], url_path="ask-apple", needed=Permission.UPDATE_PROFILE)
    def ask_apple(self, request: Request, pk: str | None = None) -> Response:
        """Ask Apple again about a profile that it refused, or has not been asked about. 409 when it refuses."""
        revision = self._current()
        if not revision.apple_uuid and not define_revision(revision, by=request.user):
            raise Refused(revision.refusal_sentence, revision.refusal_details, revision.refusal_advice)
        tasks.enqueue(tasks.run_reconcile, revision.profile.token_id)
        profile = self.get_object()
        return Response(self.get_serializer(profile).data, headers={"ETag": etag_of(profile)})

    def _current(self) -> ProfileRevision:
        profile: Profile = self.get_object()
        if profile.current is None:
            raise Http404
        profile.current.profile = profile
        return profile.current

    @extend_schema(
        operation_id="profiles_edit",
        request=None,
        parameters=[LOCATION],
        responses={
            200: OpenApiResponse(WholeProfileDraftSerializer, "The one you have begun already."),
            201: WholeProfileDraftSerializer,
        },
    )
    @action(detail=True, methods=["post"], needed=Permission.UPDATE_PROFILE)
    def edit(self, request: Request, pk: str | None = None) -> Response:
        """Begin a draft of changes, which says what the profile says."""
        profile = self.get_object()
        begun = ProfileDraft.objects.filter(owner=request.user, profile=profile).exists()
        draft = edit_profile(profile, by=request.user)
        draft.owner = request.user
        headers = location("api-profile-draft-detail", draft.pk, request)
        code = HTTPStatus.OK if begun else HTTPStatus.CREATED
        return Response(WholeProfileDraftSerializer(draft).data, status=code, headers=headers)
