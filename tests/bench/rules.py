"""How long rules take: `python -m tests.bench.rules --devices 200000 --database postgres|sqlite`.

Twenty rules decide about all devices of a token: counted, previewed one by one, together, confirmed, and once more as
what a sync would bring. Prints JSON.
"""

import json
import time
from collections.abc import Callable
from typing import Any

from tests.bench.full_database import run_on_full_database

RULES = 20
SAID = [
    [[("asset_tag", "begins", "ROOM-{n:02}")]],
    [[("model", "contains", "iPad Air"), ("color", "is", "BLUE"), ("serial", "begins", "{n:X}")]],
    [[("assigned_by", "is", "buyer{n:02}@orchard.example"), ("family", "is", "iPad")], [("color", "is", "no{n}")]],
    [[("description", "contains", "{size}"), ("assigned_at", "last_days", "{days}"), ("family", "is_not", "Mac")]],
]


def work() -> dict[str, Any]:
    from django.utils import timezone

    from enrollment import limits
    from enrollment.actions.devices.confirm_operation import confirm_operation
    from enrollment.actions.rules.apply_rules import apply_rules
    from enrollment.actions.rules.count_rules import count_rules
    from enrollment.actions.rules.explain_rules import explain_rules
    from enrollment.actions.rules.preview_rule import preview_rule
    from enrollment.actions.rules.preview_rules import preview_rules
    from enrollment.models import Device, Profile, RulesAbout, Token, Wish
    from tests.cast import a_rule

    token = Token.objects.get()
    profiles = list(Profile.objects.filter(token=token))
    for n in range(RULES):
        words = {"n": n, "size": ["64GB", "128GB", "256GB", "512GB"][n % 4], "days": 20 * n + 20}
        groups = [[(f, t, value.format(**words)) for f, t, value in group] for group in SAID[n % len(SAID)]]
        a_rule(profiles[n % len(profiles)], *groups)
    a_rule(profiles[0], [("family", "not_empty", "")])
    Token.objects.update(rules_decided_until=timezone.now())
    found: list[dict[str, Any]] = []

    def step(name: str, verb: Callable[[], Any]) -> Any:
        started = time.perf_counter()
        answer = verb()
        found.append({"name": name, "seconds": round(time.perf_counter() - started, 3)})
        return answer

    step("count what each rule matches and wins", lambda: count_rules(token))
    previews = [step(f"preview rule {n}", lambda n=n: preview_rule(list(token.rules.all())[n])) for n in (0, RULES)]
    step("explain a device", lambda: explain_rules(Device.objects.first()))
    operation = step("preview all rules", lambda: preview_rules(token, RulesAbout.ALL, by=None))
    step("confirm", lambda: confirm_operation(operation, by=None))
    if Device.objects.filter(wished_because="rule").count() != operation.gets:
        raise SystemExit("the confirmation did not do what was previewed")
    step("a sync that brings nothing new", lambda: apply_rules(token))
    new = Device.objects.filter(pk__in=Device.objects.present().order_by("pk").values("pk")[: limits.RULES_BRAKE])
    new.update(wish=Wish.NOTHING_SAID, profile=None, wished_because="", appeared_at=timezone.now())
    brought = step("a sync that brings as many as the brake allows", lambda: apply_rules(token))
    Device.objects.update(wish=Wish.NOTHING_SAID, profile=None, wished_because="", appeared_at=timezone.now())
    stopped = step("a sync that brings them all: stopped", lambda: apply_rules(token))
    step("the next one takes its place", lambda: apply_rules(token))
    return {
        "rules": RULES + 1,
        "matched": [preview.matches for preview in previews],
        "counts": operation.counts,
        "brought": brought.counts if brought else {},
        "stopped": stopped.counts if stopped and stopped.is_stopped else {},
        "steps": found,
    }


if __name__ == "__main__":
    print(json.dumps(run_on_full_database(__doc__, work), indent=1))
