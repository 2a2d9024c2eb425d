from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema, extend_schema_view
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from enrollment import tasks
from enrollment.actions.profiles.apply_default_profile import waiting_for_a_default
from enrollment.actions.profiles.assign_profile import assign_profile
from enrollment.actions.profiles.change_profile import change_profile
from enrollment.actions.profiles.delete_profile import ProfileInUse, delete_profile, in_the_way, in_words
from enrollment.actions.profiles.make_profile import make_profile
from enrollment.actions.profiles.preview_assignment import preview_assignment
from enrollment.actions.profiles.save_profile import ProfileNotSaved
from enrollment.actions.profiles.start_profile import TokenNotActive
from enrollment.actions.profiles.wish_for import TooManyDevices
from enrollment.api.apple_copy import tell_apple
from enrollment.api.asked import said
from enrollment.api.etag import CHANGED_SINCE, ETAG, IF_MATCH, IF_NONE_MATCH, check_unchanged, etag_of, has_it
from enrollment.api.filters import parameters_of
from enrollment.api.location import LOCATION, location
from enrollment.api.problem import Refused, refusal
from enrollment.api.serializers.profiles import (
    AssignedSerializer,
    AssignSerializer,
    ListedProfileSerializer,
    ProfileEditSerializer,
    ProfileMakeSerializer,
    ProfileSerializer,
    ProfileWriteSerializer,
    UsageSerializer,
)
from enrollment.api.viewset import Reading
from enrollment.models import Device, Permission, Profile
from enrollment.models.listed_counts import device_counts, wipe_counts
from enrollment.models.profile_filter import ProfileFilter
from enrollment.models.profile_settings import FIELDS, default_settings
from enrollment.models.serial_number import normalised

SETTINGS = {"enrollment_url": "https://mdm.example.com/ade", "affinity": "without", "hidden_panes": ["Siri"]}
MADE = OpenApiExample("A kiosk", {"token": 1, "name": "Kiosk", "settings": SETTINGS}, request_only=True)
EDITED = OpenApiExample("One setting", {"settings": {"department": "Service desk"}}, request_only=True)
ASSIGNED = OpenApiExample("Two devices", {"serials": ["C02XL0THJK7L", "C02XL0THJK7M"]}, request_only=True)


@extend_schema_view(
    list=extend_schema(
        operation_id="profiles_list", parameters=parameters_of(ProfileFilter), responses=ListedProfileSerializer
    )
)
class ProfileViewSet(Reading):
    """Profiles: how devices of a token set themselves up."""

    queryset = Profile.objects.none()
    serializer_class = ProfileSerializer
    needed = Permission.READ_PROFILE
    needs = {
        "create": Permission.CREATE_PROFILE,
        "update": Permission.UPDATE_PROFILE,
        "partial_update": Permission.UPDATE_PROFILE,
        "destroy": Permission.DELETE_PROFILE,
    }

    def get_queryset(self) -> QuerySet[Profile]:
        return Profile.objects.visible_to(self.request.user).select_related("token", "current")

    def get_serializer_class(self) -> type[ProfileSerializer]:
        return ListedProfileSerializer if self.action == "list" else ProfileSerializer

    def filter_queryset(self, queryset: QuerySet[Profile]) -> QuerySet[Profile]:
        if self.action != "list":
            return queryset
        filters = ProfileFilter(self.request.query_params, person=self.request.user)
        if not filters.is_valid():
            raise ValidationError(filters.errors)
        return filters.profiles.select_related("current")

    def paginate_queryset(self, queryset: QuerySet[Profile]) -> list[Profile]:
        profiles: list[Profile] = super().paginate_queryset(queryset)
        counts, to_wipe = device_counts(profiles), wipe_counts(profiles)
        for profile in profiles:
            profile.device_count, profile.needs_wipe = counts.get(profile.pk, 0), to_wipe.get(profile.pk, 0)
        return profiles

    @extend_schema(
        operation_id="profiles_retrieve",
        parameters=[ETAG, IF_NONE_MATCH],
        responses={200: ProfileSerializer, 304: OpenApiResponse(description="You have it already.")},
    )
    def retrieve(self, request: Request, *_path: Any, **_names: Any) -> Response:
        """A profile with its settings, which an MDM server applies, and the payload that Apple gets."""
        profile = self.get_object()
        headers = {"ETag": etag_of(profile)}
        if has_it(request, profile):
            return Response(status=status.HTTP_304_NOT_MODIFIED, headers=headers)
        return Response(self.get_serializer(profile).data, headers=headers)

    @extend_schema(
        operation_id="profiles_create",
        request=ProfileMakeSerializer,
        responses={201: ProfileSerializer},
        parameters=[LOCATION, ETAG],
        examples=[MADE],
    )
    def create(self, request: Request) -> Response:
        """Make a profile in one go. What cannot be taken is said by field; then nothing is left behind.

        Apple is asked at once: `at_apple` tells whether it has the profile, has refused it, or is asked again later.
        """
        words = said(ProfileMakeSerializer, request)
        try:
            profile = make_profile(words.pop("token"), by=request.user, **words)
        except TokenNotActive as error:
            raise refusal(error) from None
        except ProfileNotSaved as error:
            raise not_saved(error) from None
        headers = location("api-profile-detail", profile.pk, request)
        return self._told(profile, status.HTTP_201_CREATED, headers)

    @extend_schema(
        operation_id="profiles_replace",
        request=ProfileWriteSerializer,
        responses={200: ProfileSerializer, **CHANGED_SINCE},
        parameters=[IF_MATCH, ETAG],
        examples=[OpenApiExample("A kiosk", {"name": "Kiosk", "settings": SETTINGS}, request_only=True)],
    )
    def update(self, request: Request, *_path: Any, **_names: Any) -> Response:
        """Say all of a profile anew: a setting that is not named has its default again. See the edit of a part."""
        self.get_object()
        words = said(ProfileWriteSerializer, request)
        return self._change(request, {**words, "settings": {**default_settings(), **words["settings"]}})

    @extend_schema(
        operation_id="profiles_update",
        request=ProfileEditSerializer,
        responses={200: ProfileSerializer, **CHANGED_SINCE},
        parameters=[IF_MATCH, ETAG],
        examples=[EDITED],
    )
    def partial_update(self, request: Request, *_path: Any, **_names: Any) -> Response:
        """Change what is named. Another setting makes a new revision, which devices get when they are erased.

        The name, the description and the device name template make none; Apple gets a new copy only when the payload
        is another one.
        """
        self.get_object()
        words = said(ProfileEditSerializer, request)
        return self._change(request, {"settings": {}, **words})

    def _change(self, request: Request, words: dict[str, Any]) -> Response:
        with transaction.atomic():
            profile = self._unchanged(request)
            try:
                changed = change_profile(profile, by=request.user, **words)
            except ProfileNotSaved as error:
                raise not_saved(error) from None
        return self._told(changed, status.HTTP_200_OK)

    def _unchanged(self, request: Request) -> Profile:
        """Held until the end of the transaction, so that what was compared is what is changed."""
        profile: Profile = self.get_object()
        Profile.objects.select_for_update().get(pk=profile.pk)
        profile = self.get_object()
        check_unchanged(request, profile)
        return profile

    def _told(self, profile: Profile, code: int, headers: dict[str, str] | None = None) -> Response:
        tell_apple(profile, self.request.user)
        shown = self.get_queryset().get(pk=profile.pk)
        data = ProfileSerializer(shown).data
        return Response(data, status=code, headers={"ETag": etag_of(shown), **(headers or {})})

    @extend_schema(operation_id="profiles_delete", parameters=[IF_MATCH], responses={204: None, **CHANGED_SINCE})
    def destroy(self, request: Request, *_path: Any, **_names: Any) -> Response:
        """Delete a profile that nobody uses; Apple keeps its copy. 409 says what is in the way, as `usage/` does."""
        with transaction.atomic():
            profile = self._unchanged(request)
            try:
                delete_profile(profile, by=request.user)
            except ProfileInUse as error:
                raise Refused(" ".join(in_words(profile, error.reasons)).replace("%", "%%")) from None
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(operation_id="profiles_usage", responses=UsageSerializer)
    @action(detail=True)
    def usage(self, request: Request, pk: str | None = None) -> Response:
        """Which devices have a profile, how far that has come, and what keeps it from being deleted."""
        profile = self.get_object()
        is_default = profile.token.default_profile_id == profile.pk
        devices, reasons = Device.objects.present(), in_the_way(profile)
        by_state = devices.counts_by_state(profile)
        words = zip(reasons, in_words(profile, reasons), strict=True)
        found = {
            "device_count": sum(by_state.values()),
            "by_state": by_state,
            "needs_wipe": devices.filter(profile=profile).needing_wipe(profile).count(),
            "is_default": is_default,
            "waiting": waiting_for_a_default(profile.token).count() if is_default else 0,
            "in_the_way": [{"reason": reason.name.lower(), "sentence": sentence} for reason, sentence in words],
        }
        return Response(UsageSerializer(found).data)

    @extend_schema(
        operation_id="profiles_assign",
        request=AssignSerializer,
        responses={202: AssignedSerializer},
        examples=[ASSIGNED],
    )
    @action(detail=True, methods=["post"], needed=Permission.ASSIGN_PROFILE)
    def assign(self, request: Request, pk: str | None = None) -> Response:
        """Want a profile for devices of its token, without a preview. `POST operations/` previews it, and takes more.

        Apple is asked by a worker; `devices/?profile=…&state=…` tells how far it has come.
        """
        profile = self.get_object()
        serials = {normalised(serial) for serial in said(AssignSerializer, request)["serials"]}
        devices = Device.objects.visible_to(request.user).filter(token=profile.token, serial__in=serials)
        preview = preview_assignment(devices, profile)
        unknown = sorted(serials - set(devices.values_list("serial", flat=True)))
        try:
            assign_profile(devices, profile, by=request.user)
        except TooManyDevices as error:
            raise refusal(error) from None
        tasks.enqueue(tasks.run_reconcile, profile.token_id)
        answer = {"gets": preview.gets, "has": preview.has, "cannot": preview.cannot, "unknown": unknown}
        return Response(AssignedSerializer(answer).data, status=status.HTTP_202_ACCEPTED)


def not_saved(error: ProfileNotSaved) -> ValidationError:
    """Sentences at their fields: those of settings below `settings`."""
    found: dict[str, Any] = {}
    for name, sentences in error.errors.items():
        if name in FIELDS:
            found.setdefault("settings", {})[name] = sentences
        else:
            found["non_field_errors" if name == "__all__" else name] = sentences
    return ValidationError(found)
