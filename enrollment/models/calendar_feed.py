from django.conf import settings
from django.db import models


class CalendarFeed(models.Model):
    """The secret address under which a calendar reads what a person's tokens expire on (WARN-4).

    It shows what the person may see, whoever reads it, until they revoke it; the address is kept hashed.
    """

    person = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="calendar_feed")
    hashed_address = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    last_read_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return str(self.person)
