from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from enrollment.actions.profiles.check_draft import check_draft
from enrollment.apple.setup_panes import MAJORS
from enrollment.models import Permission, Profile, ProfileDraft, Token
from enrollment.models.setup_preview import FAMILIES, screens
from enrollment.models.typed_key import typed_key
from enrollment.permissions import check

LANGUAGES = ("en", "fr")


def of_profile(request: HttpRequest, pk: int) -> HttpResponse:
    profiles = Profile.objects.visible_to(request.user).select_related("token", "current")
    profile = get_object_or_404(profiles, pk=pk)
    check(request.user, Permission.READ_PROFILE)
    return _show(request, profile.settings, profile.token, profile.platform, profile=profile)


def of_draft(request: HttpRequest, pk: int) -> HttpResponse:
    """What is typed, before it is saved; what cannot be taken yet counts as not set."""
    draft = get_object_or_404(ProfileDraft.objects.visible_to(request.user).select_related("token", "profile"), pk=pk)
    check(request.user, Permission.READ_PROFILE)
    return _show(request, check_draft(draft)[0], draft.token, draft.platform, draft=draft)


def _show(request: HttpRequest, settings: dict[str, Any], token: Token, platform: str, **more: Any) -> HttpResponse:
    majors = sorted(MAJORS[platform], reverse=True)
    family = _one_of(request.GET.get("family", ""), ("iPad", "iPhone") if settings["is_shared_ipad"] else FAMILIES)
    major = int(_one_of(request.GET.get("version", ""), [str(each) for each in majors]))
    language = _one_of(request.GET.get("language", "") or (get_language() or "")[:2], LANGUAGES)
    with override(language):
        organisation = token.org_name or _("Your organisation")
        found = screens(settings, family=family, major=major, organisation=organisation, platform=platform)
    place = min(max(typed_key(request.GET.get("screen", "")), 1), len(found))
    query = f"family={family}&version={major}&language={language}&screen="
    values = {
        "section": "profile-list",
        "screens": list(enumerate(found, start=1)),
        "screen": found[place - 1],
        "place": place,
        "previous": place - 1,
        "next": place + 1 if place < len(found) else 0,
        "query": query,
        "family": family,
        "major": major,
        "language": language,
        "families": FAMILIES,
        "majors": majors,
        "is_refused": settings["is_shared_ipad"] and family != "iPad",
        **more,
    }
    return render(request, "enrollment/profiles/preview.html", values)


def _one_of(text: str, offered: Any) -> str:
    return text if text in offered else offered[0]
