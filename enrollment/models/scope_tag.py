from django.db import models


class ScopeTag(models.Model):
    """A part of the organisation: people who carry it see the tokens that carry it."""

    name = models.CharField(max_length=100, unique=True)
    description = models.CharField(max_length=250, blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
