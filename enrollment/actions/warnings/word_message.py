import re
from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from enrollment.actions.warnings.warning import StandingWarning
from enrollment.messengers.message import Item, Message
from enrollment.models.labelled import labelled

WARNINGS, TEST = "pomona.warnings", "pomona.test"
SUBJECT_LENGTH = 200
MOST = 50  # warnings in words; of those that no message has room for, it tells how many
_BREAKS = re.compile(r"[^\S\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}]+")  # French needs the spaces that break no line


def word_message(
    warnings: Sequence[StandingWarning],
    *,
    identity: str,
    made_at: datetime,
    language: str = "",
    to_person: bool = False,
) -> Message:
    """These warnings, the worst first, in the receiver's language; a test message when there are none."""
    language = language or settings.LANGUAGE_CODE
    with translation.override(language):
        worst = sorted(warnings, key=lambda one: -one.severity.rank)[:MOST]
        items = tuple(_item(one) for one in worst)
        return Message(
            id=identity,
            kind=WARNINGS if items else TEST,
            made_at=made_at,
            language=language,
            subject=_subject(items, len(warnings)),
            items=items,
            count=len(warnings),
            link=settings.BASE_URL + reverse("warning-list"),
            link_text=_("Open Pomona"),
            more_text=_("and %d more"),
            footer=_why(to_person) if items else _("This is a test: warnings will be told here."),
        )


def _why(to_person: bool) -> str:
    """Why somebody gets it, and where they choose otherwise."""
    if not to_person:
        return ""
    why = _("You are told because you can act on it. From which severity on, and how often, you choose here: %(link)s")
    return why % {"link": settings.BASE_URL + reverse("account")}


def _subject(items: Sequence[Item], count: int) -> str:
    """The worst, and how many more."""
    if not items:
        return _("Test message from Pomona")
    worst = labelled(items[0].severity_word, items[0].sentence.rstrip("."))
    if left := count - 1:
        more = ngettext("(and %(count)d more)", "(and %(count)d more)", left) % {"count": left}
        return f"{_cut(worst)} {more}"
    return _cut(worst)


def _cut(text: str) -> str:
    text = _in_one_line(text)  # a name with a line break would end the header
    return text if len(text) <= SUBJECT_LENGTH else f"{text[: SUBJECT_LENGTH - 1]}…"


def _in_one_line(text: str) -> str:
    """A name with line breaks in it must not pass for something else that is said."""
    return _BREAKS.sub(" ", text).strip()


def _item(warning: StandingWarning) -> Item:
    return Item(
        key=warning.key,
        condition=warning.condition.id,
        severity=warning.severity.value,
        severity_word=str(warning.severity.label),
        sentence=_in_one_line(warning.sentence),
        remedy=_in_one_line(warning.remedy),
        link=settings.BASE_URL + warning.link,
        since=warning.since,
        step=warning.step,
        about=_about(warning),
    )


def _about(warning: StandingWarning) -> dict[str, str | int] | None:
    about = warning.about
    if about is None:
        return None
    return {"type": about._meta.model_name or "", "id": about.pk, "name": about.name}
