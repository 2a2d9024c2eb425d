from django.conf import settings
from django.urls import reverse

from enrollment.actions.access.make_first_link import make_first_link


def first_link() -> str | None:
    """A new one-time link for the first administrator; None when there is one already."""
    secret = make_first_link()
    return settings.BASE_URL + reverse("first-administrator", args=[secret]) if secret else None
