import secrets

from django.conf import settings
from django.db import models

from enrollment.models.api_key import hash_key


class CalendarFeedQuerySet(models.QuerySet["CalendarFeed"]):
    def find(self, secret: str) -> "CalendarFeed | None":
        """The one whose address holds this secret, of somebody who may still sign in."""
        open_ones = self.filter(person__is_active=True, person__is_service=False)
        return open_ones.select_related("person").filter(hashed_address=hash_key(secret)).first()


class CalendarFeed(models.Model):
    """The secret address under which a calendar reads what a person's tokens expire on (WARN-4).

    It shows what the person may see, whoever reads it, until they revoke it; the address is kept hashed.
    """

    person = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="calendar_feed")
    hashed_address = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    last_read_at = models.DateTimeField(null=True, blank=True)

    objects = CalendarFeedQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.person)


def make_address() -> str:
    """The secret part of a new address: 256 random bits, which logs know as a secret by their first letters."""
    return f"pomona_calendar_{secrets.token_urlsafe(32)}"
