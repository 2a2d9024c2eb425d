from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import override

from enrollment.models.profile_field import Field
from enrollment.models.profile_settings import FIELDS
from enrollment.models.profile_words import when_in_words

HEAD = """# The settings of a profile

Made by `manage.py describe_settings` from the program's own data; a test holds the two together.
The names in the first column are those of files (profile-file.md) and of the API.

| name | id | label · French | kind | default | from | shown when | goes to |
|---|---|---|---|---|---|---|---|
"""


class Command(BaseCommand):
    """The table of docs/profile-settings.md."""

    help = "Prints every setting of a profile as a Markdown table."

    def handle(self, *_args: Any, **_options: Any) -> None:
        rows = [_row(name, one) for name, one in FIELDS.items()]
        self.stdout.write(HEAD + "\n".join(rows))


def _row(name: str, one: Field) -> str:
    with override("fr"):
        french = str(one.label)
    with override("en"):
        cells = [
            f"`{name}`",
            one.prof,
            f"{one.label} · {french}",
            _kind(one),
            _default(one),
            one.minimum_os,
            when_in_words(name) or "always",
            {"mdm": "your MDM server", "local": "–"}.get(one.goes_to, f"`{one.goes_to}`"),
        ]
    return f"| {' | '.join(cells)} |"


def _kind(one: Field) -> str:
    words = one.kind.replace("_", " ")
    if one.choices:
        words += ": " + ", ".join(f"`{key}`" for key, _label in one.choices)
    if one.longest:
        words += f", at most {one.longest} characters"
    if one.most:
        words += f", at most {one.most}"
    return words + (", required" if one.is_required else "")


def _default(one: Field) -> str:
    return "–" if one.default in (None, "", ()) else f"`{str(one.default).lower()}`"
