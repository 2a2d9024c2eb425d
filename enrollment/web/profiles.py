from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from enrollment import tasks
from enrollment.actions.profiles.apply_default_profile import waiting_for_a_default
from enrollment.actions.profiles.delete_profile import ProfileInUse, delete_profile, in_the_way
from enrollment.actions.profiles.delete_profile import in_words as reasons_in_words
from enrollment.actions.profiles.give_default_profile import give_default_profile
from enrollment.actions.profiles.lint_profile import lint_profile
from enrollment.actions.profiles.set_default_profile import set_default_profile
from enrollment.actions.profiles.wish_for import TooManyDevices
from enrollment.models import AssignmentState, Device, Permission, Profile, ProfileDraft, Token
from enrollment.models.keyset import counted
from enrollment.models.listed_counts import device_counts, wipe_counts
from enrollment.models.profile_field import Affinity
from enrollment.models.profile_filter import CERTIFICATE_DAYS, ProfileFilter
from enrollment.models.profile_words import in_words
from enrollment.permissions import check, may
from enrollment.web.keyset import keyset_page
from enrollment.web.object_warnings import besides, of_profile

TABS = ("overview", "revisions")
PROFILES_SHOWN = 50


def profile_list(request: HttpRequest) -> HttpResponse:
    check(request.user, Permission.READ_PROFILE)
    tokens = Token.objects.visible_to(request.user)
    words, token = request.GET.get("q", "").strip(), request.GET.get("token", "")
    filters = ProfileFilter(request.GET, person=request.user)
    found = filters.profiles.select_related("token", "current")
    page = keyset_page(found, request.GET, order="name", size=PROFILES_SHOWN, count=counted(found))
    profiles = page.rows
    counts, to_wipe = device_counts(profiles), wipe_counts(profiles)
    names = dict(Affinity.choices)
    for profile in profiles:
        profile.device_count, profile.to_wipe = counts.get(profile.pk, 0), to_wipe.get(profile.pk, 0)
        profile.affinity = names.get(profile.current.settings.get("affinity"), "") if profile.current else ""
    values = {
        "section": "profile-list",
        "page": page,
        "profiles": profiles,
        "tokens": tokens,
        "words": words,
        "chosen": token,
        # Only pictures lead to these: who has not come from there has no use for them.
        "fields": [filters.form[name] for name in CERTIFICATE_DAYS if any(map(request.GET.get, CERTIFICATE_DAYS))],
        "drafts": ProfileDraft.objects.visible_to(request.user).select_related("token", "profile"),
        "may_create": may(request.user, Permission.CREATE_PROFILE),
    }
    return render(request, "enrollment/profiles/list.html", values)


def _profile(request: HttpRequest, pk: int) -> Profile:
    return get_object_or_404(Profile.objects.visible_to(request.user).select_related("token", "current"), pk=pk)


def detail(request: HttpRequest, pk: int, tab: str = "overview") -> HttpResponse:
    profile = _profile(request, pk)
    check(request.user, Permission.READ_PROFILE)
    if tab not in TABS:
        raise Http404
    values = {
        **frame_of(request, profile, tab),
        **(_overview(request, profile) if tab == "overview" else {}),
        **({"revisions": profile.revisions.select_related("created_by")} if tab == "revisions" else {}),
    }
    return render(request, f"enrollment/profiles/detail_{tab}.html", values)


def frame_of(request: HttpRequest, profile: Profile, tab: str) -> dict[str, Any]:
    """What every tab of a profile needs around its own content."""
    return {
        "section": "profile-list",
        "profile": profile,
        "token": profile.token,
        "tab": tab,
        "is_default": profile.token.default_profile_id == profile.pk,
        "may_create": may(request.user, Permission.CREATE_PROFILE),
        "may_update": may(request.user, Permission.UPDATE_PROFILE),
        "may_delete": may(request.user, Permission.DELETE_PROFILE),
        "may_assign": may(request.user, Permission.ASSIGN_PROFILE),
    }


def _overview(request: HttpRequest, profile: Profile) -> dict[str, Any]:
    warnings = of_profile(request, profile)
    findings = lint_profile(profile.settings, platform=profile.platform, reader=request.user)
    is_default = profile.token.default_profile_id == profile.pk
    devices = Device.objects.present()
    counts = devices.counts_by_state(profile)
    return {
        "facts": in_words(profile.settings, reader=request.user),
        "warnings": warnings,
        "findings": besides(warnings, findings),
        "to_wipe": devices.filter(profile=profile).needing_wipe(profile).count(),
        "states": [(state, counts[state]) for state in AssignmentState.values if counts.get(state)],
        "device_count": sum(counts.values()),
        "waiting": waiting_for_a_default(profile.token).count() if is_default else 0,
        "in_the_way": reasons_in_words(profile, in_the_way(profile)),
    }


@require_POST
def set_default(request: HttpRequest, pk: int) -> HttpResponse:
    """Make it the token's default, or no longer."""
    profile = _profile(request, pk)
    check(request.user, Permission.ASSIGN_PROFILE)
    wanted = profile if request.POST.get("default") == "yes" else None
    set_default_profile(profile.token, wanted, by=request.user)
    messages.success(
        request,
        _("Devices that appear from now on get this profile.")
        if wanted
        else _("The token has no default profile now."),
    )
    return redirect("profile-detail", pk)


@require_POST
def give_default(request: HttpRequest, pk: int) -> HttpResponse:
    profile = _profile(request, pk)
    check(request.user, Permission.ASSIGN_PROFILE)
    try:
        count = give_default_profile(profile.token, by=request.user)
    except TooManyDevices as error:
        messages.error(request, _(error.sentence) % error.details)
        return redirect("profile-detail", pk)
    tasks.enqueue(tasks.run_reconcile, profile.token_id)
    text = ngettext("%(count)d device is to get “%(name)s”.", "%(count)d devices are to get “%(name)s”.", count)
    messages.success(request, text % {"count": count, "name": profile.name})
    return redirect("profile-detail", pk)


@require_POST
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    profile = _profile(request, pk)
    check(request.user, Permission.DELETE_PROFILE)
    try:
        delete_profile(profile, by=request.user)
    except ProfileInUse as error:
        messages.error(request, " ".join(reasons_in_words(profile, error.reasons)))
        return redirect("profile-detail", pk)
    messages.success(request, _("The profile is deleted."))
    return redirect("profile-list")
