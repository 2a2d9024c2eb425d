import random

import structlog
from django.conf import settings

from enrollment import limits
from enrollment.apple.apps_and_books import AppsAndBooks
from enrollment.apple.errors import AppleError
from enrollment.models import Licences, VppToken

log = structlog.get_logger(__name__)
LONGEST = Licences._meta.get_field("name").max_length or 0


def name_apps(token: VppToken, apple: AppsAndBooks) -> int:
    """Learn what apps are called that have no name yet; how many were named. Whatever goes wrong, nothing is lost.

    A name that another token's licences have already is the same: only what nobody knows is asked for, so many a time.
    """
    unknown = set(token.licences.filter(name="").values_list("adam_id", flat=True))
    known = dict(Licences.objects.filter(adam_id__in=unknown).exclude(name="").values_list("adam_id", "name"))
    for adam_id, name in known.items():
        _keep(adam_id, name)
    named = len(known)
    for adam_id in _some_of(unknown - known.keys()):
        try:
            name = apple.app_name(adam_id, country=token.country)[:LONGEST]
        except AppleError as error:
            log.info("apps have no name: asked for again at the next reading", vpp_token=token.pk, error=error.code)
            break
        if name:
            _keep(adam_id, name)
            named += 1
    return named


def _some_of(adam_ids: set[str]) -> list[str]:
    """Any of them, so that some Apple has no name for are not always in the way of the others."""
    most = min(len(adam_ids), limits.NAMES_PER_READING)
    found = random.sample(sorted(adam_ids), most)
    if settings.COMPANY_PORTAL_APP in adam_ids:
        found = [settings.COMPANY_PORTAL_APP, *(one for one in found if one != settings.COMPANY_PORTAL_APP)]
    return found[: limits.NAMES_PER_READING]


def _keep(adam_id: str, name: str) -> None:
    Licences.objects.filter(adam_id=adam_id, name="").update(name=name)
