"""Pages that explain (DEV-10). Their texts are templates: enrollment/guidance/pages/<slug>.html."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from enrollment import limits
from enrollment.models.profile_field import Section

Text = str | Promise


@dataclass(frozen=True)
class Page:
    """One page. `see` are the slugs of those that go on where it ends."""

    slug: str
    title: Text
    summary: Text
    icon: str
    see: Sequence[str] = ()


GROUPS: Sequence[tuple[Text, Sequence[Page]]] = (
    (
        _("Getting started"),
        (
            Page(
                "before-you-begin",
                _("Before you begin"),
                _("What automated enrollment is for, and what has to be there first."),
                "check",
                ("authentication", "renew"),
            ),
            Page(
                "authentication",
                _("Methods of authentication"),
                _("Whose device it is, and how users prove who they are."),
                "person",
                ("company-portal", "supervision"),
            ),
            Page(
                "default-profile",
                _("Default profile and “Invalid profile”"),
                _("Why no device should be turned on without a profile, and why one may be refused."),
                "star",
                ("distribute", "re-enroll"),
            ),
            Page(
                "distribute",
                _("Distribute devices"),
                _("What has to be right before a device is handed over."),
                "transfer",
                ("default-profile", "re-enroll"),
            ),
        ),
    ),
    (
        _("The settings of a profile"),
        (
            Page(
                "supervision",
                _("Supervised and shared mode"),
                _("How firmly a device is managed, and what changes when several people use it."),
                "shield",
                ("authentication", "re-enroll"),
            ),
            Page(
                "company-portal",
                _("Company Portal and licences"),
                _("How the app reaches devices, what it costs in licences, and Single App Mode."),
                "apple",
                ("authentication", "distribute"),
            ),
            Page(
                "setup-assistant",
                _("Screens of Setup Assistant"),
                _("What hiding a screen means, and why a passcode needs a policy."),
                "eye",
                ("settings", "supervision"),
            ),
            Page(
                "settings",
                _("Other settings explained"),
                _("Computers, the wait before the home screen, device names, cellular plans, your department."),
                "edit",
                ("setup-assistant", "limits"),
            ),
            Page(
                "groups",
                _("Groups of devices"),
                _("How a device finds its group by the name of its profile."),
                "people",
                ("authentication", "settings"),
            ),
        ),
    ),
    (
        _("In daily use"),
        (
            Page(
                "renew",
                _("Renew a token"),
                _("When it has to be done, where, and what stays as it was."),
                "token",
                ("before-you-begin", "sync-and-release"),
            ),
            Page(
                "re-enroll",
                _("Enroll a device again"),
                _("How a changed profile reaches a device that is already set up."),
                "power",
                ("distribute", "scep"),
            ),
            Page(
                "scep",
                _("The SCEP error"),
                _("“The SCEP server returned an invalid response.”"),
                "warning",
                ("re-enroll", "default-profile"),
            ),
            Page(
                "sync-and-release",
                _("Sync, deleted and released devices"),
                _("When devices come, and why some come back or stay listed."),
                "sync",
                ("limits", "renew"),
            ),
            Page(
                "limits",
                _("Limits"),
                _("Every figure that holds here, and what happens at it."),
                "gauge",
                ("sync-and-release", "settings"),
            ),
        ),
    ),
)
PAGES: Mapping[str, Page] = {page.slug: page for _name, pages in GROUPS for page in pages}

# What is offered beside each section of the profile wizard; the section is also the id of its place in the text.
BESIDE: Mapping[str, Sequence[str]] = {
    Section.SIGN_IN: ("authentication", "company-portal"),
    Section.MANAGEMENT: ("supervision", "settings"),
    Section.SHARED_IPAD: ("supervision",),
    Section.COMPUTERS: ("settings",),
    Section.NAME: ("settings",),
    Section.CELLULAR: ("settings",),
}


def index(request: HttpRequest) -> HttpResponse:
    return render(request, "enrollment/guidance/index.html", {"section": "guidance", "groups": GROUPS})


def page(request: HttpRequest, slug: str) -> HttpResponse:
    if slug not in PAGES:
        raise Http404
    values = {"section": "guidance", "groups": GROUPS, "page": PAGES[slug], **_neighbours(slug), **_figures()}
    return render(request, f"enrollment/guidance/pages/{slug}.html", values)


def _neighbours(slug: str) -> dict[str, Any]:
    pages = list(PAGES.values())
    place = pages.index(PAGES[slug])
    return {
        "see": [PAGES[other] for other in PAGES[slug].see],
        "previous": pages[place - 1] if place else None,
        "next": pages[place + 1] if place + 1 < len(pages) else None,
    }


def _figures() -> dict[str, Any]:
    """The limits themselves, so that no page types one a second time."""
    return {
        "limits": limits,
        "released_kept_days": settings.RELEASED_KEPT_DAYS,
        "whole_sync_minutes": round(limits.DEVICES_PER_TOKEN / limits.APPLE_DEVICES_PER_MINUTE),
    }
