import hmac

from django.db import transaction

from enrollment.actions.access.add_person import add_person
from enrollment.actions.access.make_first_link import has_administrator, hash_link
from enrollment.models import Installation, Person, Role


class LinkIsVoid(Exception):
    """Not the link that was printed last, or there is an administrator already."""


def make_first_administrator(secret: str, *, name: str, email: str, password: str, language: str = "") -> Person:
    """The first administrator, by the one-time link. LinkIsVoid when it is no longer one."""
    with transaction.atomic():
        # One at a time: of two who open the link at once, one is the first.
        this = Installation.objects.select_for_update().filter(pk=1).first()
        if this is None or not opens(this, secret):
            raise LinkIsVoid
        roles = Role.objects.filter(key="administrator")
        person = add_person(name, password=password, roles=roles, by=None, email=email, language=language)
        this.hashed_first_link = ""
        this.save(update_fields=["hashed_first_link"])
    return person


def opens(installation: Installation, secret: str) -> bool:
    """Whether this secret may make the first administrator now."""
    kept = installation.hashed_first_link
    return bool(kept) and hmac.compare_digest(kept, hash_link(secret)) and not has_administrator()
