"""What telling people costs: `python -m tests.bench.telling --devices 2000 --tokens 2000 --database sqlite|postgres`.

Prints JSON: every token has become unreachable at once, and fifty people and three channels are told. First the minute
in which that is noticed, then one in which nothing is new, then the mails, then the minute after them.
"""

import json
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from tests.bench.full_database import run_on_full_database

PEOPLE, CHANNELS = 50, 3


def work() -> dict[str, Any]:
    from django.core import mail
    from django.test.utils import override_settings
    from django.utils import timezone

    from enrollment.actions.warnings.note_warnings import note_warnings
    from enrollment.actions.warnings.send_warnings import send_warnings
    from enrollment.models import Alert, Delivery, Installation, ScopeTag, Token
    from tests.cast import a_channel, a_person

    tag = ScopeTag.objects.create(name="Part")
    tag.tokens.set(Token.objects.filter(pk__in=list(Token.objects.values_list("pk", flat=True))[::10]))
    for number in range(PEOPLE):
        person = a_person(f"person-{number}", "administrator")
        if number % 5 == 0:
            person.scope_tags.add(tag)
    for number in range(CHANNELS):
        a_channel("mail", name=f"channel-{number}")
    now = timezone.now()
    Token.objects.update(unreachable_since=now - timedelta(hours=1), synced_at=now)
    Installation.note_clock(now)

    found = {"noticed": measured(note_warnings), "nothing new": measured(note_warnings)}
    with override_settings(EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend"):
        mail.outbox = []
        found["mails"] = {**measured(send_warnings), "sent": len(mail.outbox)}
    found["afterwards"] = measured(note_warnings)
    Token.objects.update(unreachable_since=None)
    found["over"] = measured(note_warnings)
    return {"alerts": Alert.objects.count(), "deliveries": Delivery.objects.count(), **found}


def measured(verb: Callable[[], Any]) -> dict[str, Any]:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    started = time.perf_counter()
    with CaptureQueriesContext(connection) as captured:
        verb()
    return {"seconds": round(time.perf_counter() - started, 2), "questions": len(captured)}


if __name__ == "__main__":
    print(json.dumps(run_on_full_database(__doc__, work)))
