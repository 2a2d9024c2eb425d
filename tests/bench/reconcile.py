"""How fast assignments are: `python -m tests.bench.reconcile --devices 200000 --database sqlite|postgres` prints JSON.

All devices of a token get a profile, are read back half a minute later, get another one, and are read back again.
"""

import resource
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from tests.bench.stage import connect_bench_token, run_bench


def work(task: dict[str, Any]) -> list[dict[str, Any]]:
    """In the working process."""
    import time_machine
    from django.utils import timezone

    from enrollment.actions.devices.reconcile import reconcile, tokens_to_reconcile
    from enrollment.actions.devices.sync_devices import sync_devices
    from enrollment.actions.profiles.assign_profile import assign_profile
    from enrollment.models import AssignmentState, Device, Token
    from tests.cast import a_profile, a_run

    token = connect_bench_token(task)
    sync_devices(a_run(token))
    if token.devices.count() != task["devices"]:
        raise SystemExit(f"not whole: {token.devices.count()} devices")

    def step(name: str, verb: Callable[[], object], state: AssignmentState | None = None) -> dict[str, Any]:
        started = time.perf_counter()
        verb()
        seconds = time.perf_counter() - started
        count = Device.objects.with_state().filter(state_now=state).count() if state else task["devices"]
        if state and count != Device.objects.filter(profile__isnull=False).count():
            raise SystemExit(f"not whole after {name}: {count} {state}")
        return {
            "name": name,
            "devices": count,
            "seconds": round(seconds, 2),
            "devices_per_second": round(count / seconds),
            "peak_rss_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        }

    found = []
    for round_, name in enumerate(("first_profile", "another_profile")):
        profile = a_profile(token, name=name)
        found.append(step(f"{name}_wanted", lambda to=profile: assign_profile(token.devices.all(), to, by=None)))
        with time_machine.travel(timezone.now() + timedelta(minutes=2 * round_), tick=True):
            found.append(step(f"{name}_sent", lambda: reconcile(Token.objects.get()), AssignmentState.SENT))
        with time_machine.travel(timezone.now() + timedelta(minutes=2 * round_ + 1), tick=True):
            found.append(step(f"{name}_read_back", lambda: reconcile(Token.objects.get()), AssignmentState.CONFIRMED))
    found.append(step("look_for_work_when_there_is_none", lambda: list(tokens_to_reconcile(timezone.now()))))
    return found


if __name__ == "__main__":
    run_bench("tests.bench.reconcile", __doc__, work)
