"""The certificates that profiles carry, as Apple is told of them."""

from collections import defaultdict
from datetime import date
from typing import Any

from django.db.models import Q

from enrollment.models.certificate import Certificate, NotACertificate, stored_certificate
from enrollment.models.day_filter import end_of, start_of
from enrollment.models.profile import Profile, ProfileQuerySet

_KEYS = ("supervising_host_certs", "anchor_certs")  # of Apple's profile


def carried_certificates(profiles: ProfileQuerySet) -> list[tuple[Certificate, list[Profile]]]:
    """Each certificate once, with the profiles that carry it; what cannot be read is left out."""
    carried: dict[str, list[Profile]] = defaultdict(list)
    for profile in _with_certificates(profiles):
        for text in _texts(profile):
            carried[text].append(profile)
    return [(read, found) for text, found in carried.items() if (read := _read(text))]


def carrying(profiles: ProfileQuerySet, *, since: date | None, until: date | None) -> set[int]:
    """The keys of those that carry a certificate which ends on one of these days."""
    first, last = since and start_of(since), until and end_of(until)
    return {
        profile.pk
        for certificate, found in carried_certificates(profiles)
        if (first is None or certificate.expires_at >= first) and (last is None or certificate.expires_at < last)
        for profile in found
    }


def _with_certificates(profiles: ProfileQuerySet) -> ProfileQuerySet:
    some = Q(*[("current__payload__has_key", key) for key in _KEYS], _connector=Q.OR)
    found = profiles.filter(some).select_related("current")
    return found.only("name", "token_id", "current__payload", "current__created_at")


def _texts(profile: Profile) -> set[str]:
    payload: dict[str, Any] = profile.current.payload if profile.current else {}
    return {text for key in _KEYS for text in payload.get(key, [])}


def _read(text: str) -> Certificate | None:
    try:
        return stored_certificate(text)
    except NotACertificate:
        return None
