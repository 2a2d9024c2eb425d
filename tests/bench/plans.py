"""What each index of the devices is for: `python -m tests.bench.plans --devices 2000000 --tokens 20`, on PostgreSQL.

Prints JSON: for each index how PostgreSQL answers a question that is asked of it, and how long that took.
"""

import json
import time
from collections.abc import Callable
from typing import Any

from tests.bench.full_database import run_on_full_database

# EXPLAIN of 2,000,000 devices of 20 tokens, without its costs; what the index is asked stands in `work`.
#   devices_by_serial           Index Scan, 2.8 ms
#   device_once_per_token       Index Scan, 2.7 ms
#   devices_by_model            Index Scan, 2.6 ms
#   device_search_serial        Bitmap Index Scan, 9.4 ms
#   device_search_asset_tag     Bitmap Index Scan, 14.9 ms
#   devices_by_description      Bitmap Index Scan, 4.9 ms
#   devices_by_family           Index Scan, 72.4 ms
#   devices_by_apple_status     Bitmap Index Scan, 278.7 ms
#   devices_by_what_apple_has   Bitmap Index Scan, 104.0 ms
#   devices_to_be_cleared       Bitmap Index Scan, 0.7 ms
#   devices_by_what_was_given   Bitmap Index Scan, 48.7 ms
#   devices_by_answer           Index Scan, 17.1 ms
#   devices_to_try              Index Scan, 5.9 ms
#   released_devices            Bitmap Index Scan, 918.3 ms


def work() -> list[dict[str, Any]]:
    from django.utils import timezone

    from enrollment.models import AssignmentState, Device
    from enrollment.models.assignment import HAS_A_PROFILE

    devices, now = Device.objects.order_by(), timezone.now()
    questions = {
        "devices_by_serial": devices.order_by("serial", "pk")[:51],
        "device_once_per_token": devices.filter(token=1).order_by("serial", "pk")[:51],
        "devices_by_model": devices.order_by("model", "pk")[:51],
        "device_search_serial": devices.filter(serial__icontains="A1B2"),
        "device_search_asset_tag": devices.filter(asset_tag__gt="", asset_tag__icontains="room-0123"),
        "devices_by_description": devices.filter(description="APPLE VISION PRO 1TB BLUE"),
        "devices_by_family": devices.filter(family="Vision"),
        "devices_by_apple_status": devices.filter(apple_profile_status="removed"),
        "devices_by_what_apple_has": devices.in_state(AssignmentState.WAITING),
        "devices_without_a_profile": devices.present().filter(
            profile=None, wish="nothing", token=1, appeared_at__gt=now
        ),
        "devices_to_be_cleared": devices.filter(wish="none", apple_profile_status__in=HAS_A_PROFILE),
        "devices_by_what_was_given": devices.filter(profile=1).needing_wipe(),
        "devices_by_answer": devices.in_state(AssignmentState.FAILED),
        "devices_to_try": devices.filter(token=1).to_read_back(now),
        "released_devices": devices.filter(released_at__lt=now),
    }
    return [explained(index, question) for index, question in questions.items()]


def explained(index: str, question: Any) -> dict[str, Any]:
    """The lines of the plan that name an index; SystemExit when the one that is asked about is not among them."""
    plan = question.explain().splitlines()
    used = [line.strip(" ->").partition("  (")[0] for line in plan if "Index" in line and " on " in line]
    if not any(index in line for line in used):
        raise SystemExit(f"{index} is not used:\n" + "\n".join(plan))
    return {"index": index, "milliseconds": milliseconds(lambda: len(question)), "plan": sorted(set(used))}


def milliseconds(ask: Callable[[], object]) -> float:
    started = time.perf_counter()
    ask()
    return round(1000 * (time.perf_counter() - started), 1)


if __name__ == "__main__":
    print(json.dumps(run_on_full_database(__doc__, lambda: {"indexes": work()}, databases=["postgres"])))
