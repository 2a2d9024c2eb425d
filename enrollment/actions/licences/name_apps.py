import random
from collections.abc import Iterable, Mapping
from datetime import timedelta

import structlog
from django.conf import settings
from django.core.cache import cache
from django.utils import timezone

from enrollment import limits
from enrollment.apple.apps_and_books import AppsAndBooks
from enrollment.apple.errors import AppleError
from enrollment.models import Licences, VppToken

log = structlog.get_logger(__name__)
LONGEST = Licences._meta.get_field("name").max_length or 0
AT_ONCE = 500  # rows in one statement


def name_apps(token: VppToken, apple: AppsAndBooks) -> int:
    """Learn what apps are called that have no name yet; how many were named. Whatever goes wrong, nothing is lost.

    A name that another token's licences have already is the same: only what nobody knows is asked for, so many a time,
    and what the store of the country has no name for once a day.
    """
    nameless = list(token.licences.filter(name=""))
    unknown = {one.adam_id for one in nameless} - _without_name(token)
    if not unknown:
        return 0
    named = Licences.objects.filter(adam_id__in=unknown).exclude(name="").order_by()
    names = dict(named.values_list("adam_id", "name"))
    names |= _asked_for(token, unknown - names.keys(), apple)
    _keep(nameless, names)
    return len(names)


def _asked_for(token: VppToken, unknown: set[str], apple: AppsAndBooks) -> dict[str, str]:
    """What Apple calls some of them, as long as it says anything."""
    names: dict[str, str] = {}
    for adam_id in _some_of(unknown):
        try:
            names[adam_id] = apple.app_name(adam_id, country=token.country)[:LONGEST]
        except AppleError as error:
            log.info("apps have no name: asked for again at the next reading", vpp_token=token.pk, error=error.code)
            break
    if without := {adam_id for adam_id, name in names.items() if not name}:
        cache.set(without_name_key(token), _without_name(token) | without, timedelta(days=1).total_seconds())
    return {adam_id: name for adam_id, name in names.items() if name}


def without_name_key(token: VppToken) -> str:
    """Of what is remembered for today. A cache that is emptied has Apple asked once more, and does no harm."""
    return f"apps-without-name.{token.country}.{timezone.now():%Y%m%d}"


def _without_name(token: VppToken) -> set[str]:
    """The apps that the store of the token's country had no name for today."""
    return set(cache.get(without_name_key(token), ()))


def _some_of(adam_ids: set[str]) -> list[str]:
    """Any of them, so that some Apple has no name for are not always in the way of the others."""
    most = min(len(adam_ids), limits.NAMES_PER_READING)
    found = random.sample(sorted(adam_ids), most)
    if settings.COMPANY_PORTAL_APP in adam_ids:
        found = [settings.COMPANY_PORTAL_APP, *(one for one in found if one != settings.COMPANY_PORTAL_APP)]
    return found[: limits.NAMES_PER_READING]


def _keep(nameless: Iterable[Licences], names: Mapping[str, str]) -> None:
    """In this token's licences; those of others learn it when they are read."""
    rows = [one for one in nameless if one.adam_id in names]
    for one in rows:
        one.name = names[one.adam_id]
    Licences.objects.bulk_update(rows, ["name"], batch_size=AT_ONCE)
