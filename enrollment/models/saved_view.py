from django.conf import settings
from django.db import models

NAME_LENGTH = 60
QUERY_LENGTH = 2_000


class SavedView(models.Model):
    """A filtered device list somebody wants to come back to: the list's address, without its place in it."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_views")
    name = models.CharField(max_length=NAME_LENGTH)
    query = models.CharField(max_length=QUERY_LENGTH, blank=True)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["person", "name"], name="a_view_is_named_once_per_person")]

    def __str__(self) -> str:
        return self.name
