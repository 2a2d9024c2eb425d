"""How the audit log does when it is long: `python -m tests.bench.audit --entries 1000000 --database postgres|sqlite`.

Writes entries as verbs do, fills the rest up in bulk, seals and verifies all, reads each filter's first page, and
exports. Prints JSON; memory is that of the working process while it verifies and exports.
"""

import argparse
import json
import os
import random
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.bench.machine import machine
from tests.bench.stage import bench_environment

WRITTEN = 2_000  # one by one, as verbs do
TOKENS = 20
PEOPLE = 50
# An action, the kind of object, and how many of a thousand entries are of it.
KINDS = [
    ("token.sync_asked", "token", 500),
    ("device.refreshed", "device", 250),
    ("profile.assigned", "profile", 150),
    ("person.signed_in", "person", 80),
    ("profile.revised", "profile", 18),
    ("token.renewed", "token", 1),
    ("access.refused", "person", 1),
]


def work(entries: int) -> dict[str, Any]:
    from django.test import Client

    from enrollment.actions.audit.export_audit import ExportFormat, export_audit
    from enrollment.actions.audit.purge_audit import purge_audit
    from enrollment.actions.audit.seal_audit import seal_audit
    from enrollment.actions.audit.verify_audit import verify_audit
    from enrollment.models import AuditEntry, Person, ScopeTag, Token
    from enrollment.models.audit_filter import AuditFilter
    from tests.cast import a_person, a_token

    alice = a_person("alice", "administrator")
    people = [alice, *(a_person(f"person{n}", "auditor") for n in range(PEOPLE))]
    tokens = [a_token() for _number in range(TOKENS)]
    narrowed, tag = a_person("narrowed", "auditor"), ScopeTag.objects.create(name="Lyon")
    narrowed.scope_tags.add(tag)
    tokens[0].scope_tags.add(tag)
    found: list[dict[str, Any]] = []

    def step(name: str, verb: Callable[[], Any]) -> Any:
        started = time.perf_counter()
        answer = verb()
        found.append({"name": name, "seconds": round(time.perf_counter() - started, 3)})
        return answer

    step("fill up (not measured as such)", lambda: _fill(entries - WRITTEN, people, tokens))
    step(f"write {WRITTEN}, each in its transaction", lambda: _write(people, tokens))
    step("seal all", seal_audit)
    step("verify all", verify_audit)
    memory = {"verified": _memory()}
    AuditEntry.record("token.edited", tokens[0], by=alice)
    step("seal one", seal_audit)
    pages = {
        name: _page(Client(headers={"host": "localhost"}), alice, query)
        for name, query in _queries(people, tokens).items()
    }
    pages["somebody narrowed to a tag"] = _page(Client(headers={"host": "localhost"}), narrowed, "")
    exported = step(
        "export all as JSON lines",
        lambda: sum(map(len, export_audit(AuditFilter({}, person=alice), ExportFormat.JSON_LINES, by=alice))),
    )
    step(
        "export all as CSV",
        lambda: sum(map(len, export_audit(AuditFilter({}, person=alice), ExportFormat.CSV, by=alice))),
    )
    memory["exported"] = _memory()
    purged = step("purge what is older than two years", purge_audit)
    whole = step("verify the rest", verify_audit)
    if not whole.is_whole:
        raise SystemExit(f"the chain does not hold: {whole.faults[:5]}")
    return {
        "entries": AuditEntry.objects.count() + purged,
        "tokens": Token.objects.count(),
        "people": Person.objects.count(),
        "exported_bytes": exported,
        "purged": purged,
        "memory_mb": memory,
        "steps": found,
        "pages_ms": pages,
    }


def _write(people: list[Any], tokens: list[Any]) -> None:
    from django.db import transaction

    from enrollment.models import AuditEntry

    for number in range(WRITTEN):
        with transaction.atomic():
            AuditEntry.record("token.edited", tokens[number % TOKENS], by=people[number % PEOPLE], name=f"n{number}")


def _fill(count: int, people: list[Any], tokens: list[Any]) -> None:
    """Marked as the verbs mark them, but put in together."""
    from django.db import connection, models

    from enrollment.models import AuditEntry

    plain = models.QuerySet(AuditEntry)
    some: list[Any] = []
    for entry in _entries(count, people, tokens):
        some.append(entry)
        if len(some) == 5_000:
            models.QuerySet.bulk_create(plain, some)
            some = []
    models.QuerySet.bulk_create(plain, some)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # as autovacuum does, in a while


def _entries(count: int, people: list[Any], tokens: list[Any]) -> Iterator[Any]:
    from django.utils import timezone

    from enrollment.models import AuditEntry
    from enrollment.models.audit_chain import mark_of
    from enrollment.models.audit_head import audit_key

    key, chance, now = audit_key(), random.Random(7), timezone.now()
    shares = [share for _action, _kind, share in KINDS]
    for number in range(count):
        action, kind, _share = chance.choices(KINDS, shares)[0]
        person = None if action == "token.sync_asked" else chance.choice(people)
        token = None if kind == "person" else chance.choice(tokens)
        entry = AuditEntry(
            at=now - timedelta(days=1_000) + timedelta(days=1_000) * number / count,
            person_id=person and person.pk,
            who=person.username if person else "",
            origin="192.0.2.7" if person else "",
            action=action,
            object_type=kind,
            object_id=chance.randrange(200_000),
            object_name=f"{kind} {chance.randrange(200_000)}",
            token_id=token and token.pk,
            before={"name": "before"} if action == "profile.revised" else {},
            after={"devices": number, "because": "person"} if kind == "profile" else {"kind": "delta"},
            result="refused" if action == "access.refused" else "done",
        )
        entry.mark = mark_of(key, entry.text)
        yield entry


def _queries(people: list[Any], tokens: list[Any]) -> dict[str, str]:
    from django.utils import timezone

    day = timezone.localdate() - timedelta(days=500)
    return {
        "all": "",
        "a person": f"person={people[3].pk}",
        "the clock": "person=clock",
        "a rare action": "action=token.renewed",
        "a group of actions": "action=profile",
        "an action never seen": "action=scope_tag.deleted",
        "a token": f"token={tokens[3].pk}",
        "refused": "result=refused",
        "an object": "object_type=device&object_id=77",
        "a name": "object_name=device+777",
        "a name never seen": "object_name=nothing+of+the+kind",
        "a day long ago": f"since={day}&until={day}",
        "a person on a day long ago": f"since={day}&until={day}&person={people[3].pk}",
        "a rare action before long ago": f"until={day}&action=token.renewed",
        "a token, a person and an action": f"token={tokens[3].pk}&person={people[3].pk}&action=profile.revised",
    }


def _page(browser: Any, person: Any, query: str) -> float:
    """The better of two looks."""
    browser.force_login(person)
    took = []
    for _turn in range(2):
        started = time.perf_counter()
        answer = browser.get(f"/activity/?{query}")
        took.append(time.perf_counter() - started)
        if answer.status_code != 200:
            raise SystemExit(f"{query}: {answer.status_code}")
    return round(1_000 * min(took), 1)


def _memory() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--database", choices=["sqlite", "postgres"], default="sqlite")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="pomona-bench-") as folder:
        os.environ |= bench_environment(Path(folder), options.database)
        for name in ("REDIS_URL", *(["DATABASE_URL"] if options.database == "sqlite" else [])):
            os.environ.pop(name, None)
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0, interactive=False)
        print(json.dumps({"machine": machine(), "database": options.database, **work(options.entries)}, indent=1))


if __name__ == "__main__":
    main()
