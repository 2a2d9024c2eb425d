"""What tests need to know of a running demo's database, or to have in it; run as a process of its own."""

import json
import sys
from datetime import timedelta
from pathlib import Path
from urllib.request import Request, urlopen

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.db.models import F  # noqa: E402
from django.utils import timezone  # noqa: E402

from enrollment.actions.devices.request_sync import request_sync  # noqa: E402
from enrollment.actions.devices.sync_devices import sync_devices  # noqa: E402
from enrollment.models import Device, Operation, OperationStatus, SyncTrigger, Token, Verdict  # noqa: E402
from tests.cast import a_token  # noqa: E402

NAME = "Orchard Foods"


def grow(count: str) -> object:
    """So many new devices at the pretend Apple, and here."""
    token = Token.objects.get(name=NAME)
    server = token.server_uuid
    apple = (Path(settings.DATA_DIR) / "apple-port").read_text().strip()
    form = f"count={count}&server={server}".encode()
    urlopen(Request(f"http://127.0.0.1:{apple}/portal/devices", data=form), timeout=60).read()
    run = request_sync(token, by=None, trigger=SyncTrigger.CLOCK)
    sync_devices(run)
    return token.devices.count()


def pads(count: str) -> object:
    """Serial numbers of iPads."""
    found = Device.objects.filter(token__name=NAME, family="iPad").present().order_by("serial")
    return list(found.values_list("serial", flat=True)[: int(count)])


def outcome() -> object:
    """Of the last operation that was confirmed: what was previewed, and of how many devices just that is wanted."""
    operation = Operation.objects.filter(status=OperationStatus.DONE).first()
    gets = operation.devices.filter(verdict=Verdict.GETS)
    done = gets.filter(device__profile=F("profile"), device__wished_by=operation.confirmed_by)
    wished = Device.objects.filter(wished_at__gte=operation.confirmed_at)
    return {"gets": gets.count(), "done": done.count(), "wished": wished.count()}


def refuse(name: str) -> object:
    """A token that Apple rejects; nothing is due for it, so that the clock leaves it as it is."""
    now = timezone.now()
    quiet = {"synced_at": now, "next_sync_at": now + timedelta(days=30), "next_probe_at": now + timedelta(days=30)}
    return a_token(name=name, rejected_at=now - timedelta(days=2), **quiet).pk


if __name__ == "__main__":
    deeds = {"grow": grow, "pads": pads, "outcome": outcome, "refuse": refuse}
    print(json.dumps(deeds[sys.argv[1]](*sys.argv[2:])))
