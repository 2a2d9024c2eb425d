"""How long a long list takes: `python -m tests.bench.serial_lists --devices 200000 --database postgres|sqlite`.

100,000 serial numbers, nine of ten known, are uploaded, looked through, previewed and taken along, through the pages a
person uses. Prints JSON.
"""

import json
import time
from collections.abc import Callable
from typing import Any

from tests.bench.full_database import run_on_full_database

ROWS = 100_000
UNKNOWN_EVERY = 10


def work() -> dict[str, Any]:
    from django.conf import settings
    from django.core.files.uploadedfile import SimpleUploadedFile
    from django.test import Client
    from django.urls import reverse

    from enrollment.models import Device, Operation, Profile, SerialList
    from tests.cast import a_person

    settings.ALLOWED_HOSTS = ["testserver"]
    browser = Client()
    browser.force_login(a_person("bench", "administrator"))
    known = Device.objects.order_by("pk").values_list("serial", flat=True)[:ROWS]
    lines = [f"UNKNOWN{at:07}" if at % UNKNOWN_EVERY == 0 else f"S{serial.lower()}" for at, serial in enumerate(known)]
    file = SimpleUploadedFile("delivery.csv", "\r\n".join(lines).encode("utf-16"))
    found = []

    def step(name: str, verb: Callable[[], Any]) -> Any:
        started = time.perf_counter()
        answer = verb()
        if answer.status_code >= 400:
            raise SystemExit(f"{name}: {answer.status_code}")
        found.append({"name": name, "seconds": round(time.perf_counter() - started, 3)})
        return answer

    step("upload and look up", lambda: browser.post(reverse("serial-list-new"), {"file": file}))
    serials = SerialList.objects.get()
    page = reverse("serial-list", args=[serials.pk])
    step("first page", lambda: browser.get(page))
    step("unknown ones", lambda: browser.get(page, {"show": "unknown"}))
    assign = reverse("serial-list-assign", args=[serials.pk])
    step("choose a profile", lambda: browser.get(assign))
    step("preview", lambda: browser.post(assign, {"profile": Profile.objects.first().pk}))
    step("take along", lambda: _whole(browser.get(reverse("serial-list-export", args=[serials.pk]))))
    return {"counts": serials.counts, "previewed": Operation.objects.get().counts, "steps": found}


def _whole(answer: Any) -> Any:
    answer.getvalue()
    return answer


if __name__ == "__main__":
    print(json.dumps(run_on_full_database(__doc__, work), indent=1))
