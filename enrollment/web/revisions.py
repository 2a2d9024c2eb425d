from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from enrollment.actions.profiles.ask_apple_for_profile import ask_apple_for_profile
from enrollment.models import Permission, Profile, ProfileRevision
from enrollment.models.payload_difference import payload_differences
from enrollment.models.profile_words import differences
from enrollment.models.typed_key import typed_key
from enrollment.permissions import check
from enrollment.web.profiles import frame_of


def _profile(request: HttpRequest, pk: int) -> Profile:
    profiles = Profile.objects.visible_to(request.user).select_related("token", "current")
    profile = get_object_or_404(profiles, pk=pk)
    check(request.user, Permission.READ_PROFILE)
    return profile


def compare(request: HttpRequest, pk: int) -> HttpResponse:
    """Two revisions side by side: only what differs, in words and as JSON (PB-4)."""
    profile = _profile(request, pk)
    before = _revision(profile, request.GET.get("from", ""))
    after = _revision(profile, request.GET.get("to", "")) or profile.current
    if after is None:
        raise Http404
    before = before or profile.revisions.filter(number__lt=after.number).first() or after
    values = {
        "section": "profile-list",
        "profile": profile,
        "before": before,
        "after": after,
        "numbers": list(profile.revisions.values_list("number", flat=True)),
        "in_words": differences(before.settings_of_today(), after.settings_of_today(), reader=request.user),
        "in_json": payload_differences(before.payload, after.payload),
    }
    return render(request, "enrollment/profiles/compare.html", values)


def _revision(profile: Profile, number: str) -> ProfileRevision | None:
    return profile.revisions.filter(number=typed_key(number)).first()


def at_apple(request: HttpRequest, pk: int) -> HttpResponse:
    """What we sent, and what Apple answers now when it is asked to."""
    profile = _profile(request, pk)
    revision = profile.current
    asked = "ask" in request.GET and revision is not None and bool(revision.apple_uuid)
    values = {
        **frame_of(request, profile, "apple"),
        "apple": ask_apple_for_profile(revision) if asked and revision else None,
    }
    return render(request, "enrollment/profiles/detail_apple.html", values)
