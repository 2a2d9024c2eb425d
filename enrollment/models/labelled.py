"""A label and its value, as each language sets the colon between them: a French one stands apart from its word."""

from typing import Any

from django.utils.translation import gettext as _


def labelled(label: Any, value: Any) -> str:
    return f"{label}{colon()} {value}"


def colon() -> str:
    """With the space before it that the language wants, which ends no line."""
    return _(":")
