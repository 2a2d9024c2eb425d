"""How fast the API is: `python -m tests.bench.api --devices 200000 --tokens 1 --database sqlite|postgres`.

Prints JSON: of the device list with each filter, its first page and one from the middle, of counts and single devices
the median and the 95th percentile in milliseconds; and how long a list of 100,000 serial numbers takes.
"""

import json
import time
from typing import Any

from tests.bench.full_database import run_on_full_database
from tests.bench.pages import FILTERS, MIDDLES, measured

LIST = "/api/v1/devices/"
GROUPS = ("apple_status", "state", "wish", "profile", "family", "token")
PATHS = ["/api/v1/devices/1/", "/api/v1/devices/1/timeline/", "/api/v1/devices/1/rule/", "/api/v1/devices/models/"]
ROWS = 100_000


def work() -> dict[str, Any]:
    from django.conf import settings
    from django.test import Client

    import config.wsgi  # noqa: F401 - what a server does before its first answer
    from tests.cast import a_person

    settings.ALLOWED_HOSTS = ["*"]
    settings.API_RATE = "1000000/min"
    program = Client()
    program.force_login(a_person("bench", "administrator"))
    answers = [measured(program, path, path, "") for path in PATHS]
    answers += [measured(program, "count", f"{LIST}count/", f"by={by}") for by in GROUPS]
    for words in FILTERS:
        query = words.replace("size=", "page_size=")
        answers.append(measured(program, "devices", LIST, query))
        if program.get(f"{LIST}?{query}").json()["next"]:
            answers.append(measured(program, "devices, middle", LIST, query, f"cursor={cursor(query)}"))
    worst = max(answers, key=lambda one: one["p95_ms"])
    return {"worst": worst, "answers": answers, "serial_list_seconds": serial_list(program)}


def cursor(query: str) -> str:
    from django.http import QueryDict

    from enrollment.api.keyset_pages import ON
    from enrollment.models.device_list import sort_of
    from enrollment.models.keyset_place import place_said

    return ON + place_said(MIDDLES[sort_of(QueryDict(query).get("sort")).column], 0)


def serial_list(program: Any) -> float:
    """Rows as JSON, nine of ten known."""
    from enrollment.models import Device

    known = Device.objects.order_by("pk").values_list("serial", flat=True)[:ROWS]
    rows = [{"serial": serial if at % 10 else f"UNKNOWN{at:07}", "note": "x"} for at, serial in enumerate(known)]
    body = json.dumps({"name": "Delivery", "rows": rows})
    started = time.perf_counter()
    answer = program.post("/api/v1/serial-lists/", body, content_type="application/json")
    if answer.status_code != 201:
        raise SystemExit(answer.content)
    return round(time.perf_counter() - started, 1)


if __name__ == "__main__":
    print(json.dumps(run_on_full_database(__doc__, work)))
