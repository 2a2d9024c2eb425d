"""How fast pages are: `python -m tests.bench.pages --devices 200000 --tokens 1 --database sqlite|postgres`.

Prints JSON: of each page and filter the median and the 95th percentile of what the server takes, in milliseconds,
and how many questions it asks the database; of exports when the first byte came and what memory they took.
"""

import json
import resource
import statistics
import time
from datetime import UTC, date, datetime, timedelta
from typing import Any

from tests.bench.full_database import run_on_full_database

TIMES = 20
STATES = ["nothing_wanted", "waiting", "sent", "confirmed", "throttled", "failed", "not_accessible", "drifted"]
A_WEEK_AGO = date.today() - timedelta(days=7)
# Of each column that sorts, what stands somewhere in the middle.
MIDDLES = {
    "serial": "80",
    "model": "iPad mini (A17 Pro)",
    "description": "IPAD MINI (A17 PRO) 1TB BLUE",
    "color": "SPACE GRAY",
    "family": "iPad",
    "os": "iOS",
    "asset_tag": "ROOM-2500",
    "apple_profile_status": "pushed",
    "assigned_by": "buyer10@orchard.example",
    **dict.fromkeys(
        ("assigned_at", "profile_assigned_at", "profile_pushed_at", "appeared_at", "released_at"),
        datetime.now(UTC) - timedelta(days=450),
    ),
}
FILTERS = [
    "",
    "sort=-serial",
    "sort=model",
    "sort=-model",
    "size=200",
    "q=A1B2",
    "q=zzzz",
    "q=room-0123",
    "q=ipad",
    "q=vision+pro+1tb",
    "token=1",
    "token=1&sort=model",
    "token=1&q=A1B2",
    *[f"family={family}" for family in ("iPad", "Mac", "Vision", "iPod")],
    *[f"apple_status={status}" for status in ("pushed", "assigned", "empty", "removed")],
    *[f"state={state}" for state in STATES],
    *[f"token=1&state={state}" for state in ("waiting", "failed", "confirmed")],
    "profile=1",
    "needs_wipe=true",
    "needs_wipe=false",
    "profile=1&needs_wipe=true",
    "released=true",
    "released=false",
    "family=Vision&apple_status=pushed&released=false",
    "family=iPad&state=failed&needs_wipe=false",
    "family=Mac&needs_wipe=true&sort=model",
    *[f"wish={wish}" for wish in ("profile", "none", "nothing")],
    "apple_profile=1",
    "foreign_profile=1",
    "model=mini",
    "model=zzzz",
    "color=space",
    "color=zzzz",
    "serial=A1B",
    "asset_tag=room-0123",
    "description=1tb+blue",
    "assigned_by=buyer07",
    "assigned_by=zzzz",
    *[
        f"{name}_{end}={day}"
        for name in ("assigned", "profile_assigned", "handed", "appeared", "released")
        for end, day in (("since", "2100-01-01"), ("until", "2100-01-01"))
    ],
    f"assigned_since={A_WEEK_AGO}",
    f"token=1&appeared_since={A_WEEK_AGO}&family=iPad",
    "token=1&color=space&sort=-assigned_at",
    f"handed_since={A_WEEK_AGO}&sort=-profile_pushed_at",
    *[f"sort={way}{column}" for column in sorted(MIDDLES.keys() - {"serial", "model"}) for way in ("", "-")],
    *[f"token=1&sort={column}" for column in ("color", "description", "assigned_at", "apple_profile_status")],
    "family=Mac&sort=-appeared_at",
    "state=confirmed&sort=color",
    "q=ipad&sort=-assigned_at",
]
EXPORTS = ["", "sort=-model", "state=failed", "state=failed&sort=-assigned_at", "needs_wipe=true"]
PAGES = {
    "home": "/",
    "token_list": "/tokens/",
    "token_detail": "/tokens/1/",
    "token_history": "/tokens/1/history/",
    "token_deletion": "/tokens/1/delete/",
    "profile_list": "/profiles/",
    "profile_detail": "/profiles/1/",
    "profile_preview": "/profiles/1/preview/",
    "device_detail": "/devices/1/",
    "activity": "/activity/",
}


def work() -> dict[str, Any]:
    from django.conf import settings
    from django.test import Client

    import config.wsgi  # noqa: F401 - what a server does before its first answer
    from tests.cast import a_person

    settings.ALLOWED_HOSTS = ["*"]
    settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    browser = Client()
    browser.force_login(a_person("bench", "administrator"))
    pages = [measured(browser, name, path, "") for name, path in PAGES.items()]
    for words in FILTERS:
        pages.append(measured(browser, "device_list", "/devices/", words))
        for place, more in neighbours(browser, words):
            pages.append(measured(browser, f"device_list, {place}", "/devices/", words, more))
    exports = [exported(browser, words) for words in EXPORTS]
    return {"worst_p95_ms": max(page["p95_ms"] for page in pages), "pages": pages, "exports": exports}


def exported(browser: Any, words: str) -> dict[str, Any]:
    """An export, read to its end: when its headings and its first rows came, and what it took of memory."""
    before, started = peak_mb(), time.perf_counter()
    parts = iter(browser.get(f"/devices/export/?{words}").streaming_content)
    moments, lines = [], 0
    for part in parts:
        moments.append(time.perf_counter() - started)
        lines += part.count(b"\r\n")
    first_byte, first_rows = moments[0], moments[min(1, len(moments) - 1)]
    return {
        "filter": words,
        "rows": lines - 1,
        "first_byte_ms": round(1000 * first_byte, 1),
        "first_rows_ms": round(1000 * first_rows, 1),
        "seconds": round(moments[-1], 1),
        "peak_rss_mb": {"before": before, "after": peak_mb()},
    }


def peak_mb() -> int:
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def neighbours(browser: Any, words: str) -> list[tuple[str, str]]:
    """A page from the middle, and the one before it, of a list that has more than one."""
    from django.http import QueryDict

    if b'rel="next"' not in browser.get(f"/devices/?{words}").content:
        return []
    from enrollment.models.device_list import sort_of
    from enrollment.models.keyset_place import place_said

    middle = place_said(MIDDLES[sort_of(QueryDict(words).get("sort")).column], 0)
    return [("middle", f"after={middle}"), ("back from the middle", f"before={middle}")]


def measured(browser: Any, name: str, path: str, words: str, more: str = "") -> dict[str, Any]:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    query = "&".join(part for part in (words, more) if part)
    address = f"{path}?{query}" if query else path
    with CaptureQueriesContext(connection) as captured:
        if browser.get(address).status_code != 200:
            raise SystemExit(f"{address}: no page")
        queries = len(captured)
    milliseconds = []
    for _time in range(TIMES):
        started = time.perf_counter()
        browser.get(address)
        milliseconds.append(1000 * (time.perf_counter() - started))
    return {
        "name": name,
        "filter": words,
        "p50_ms": round(statistics.median(milliseconds), 1),
        "p95_ms": round(statistics.quantiles(milliseconds, n=20)[-1], 1),
        "queries": queries,
    }


if __name__ == "__main__":
    print(json.dumps(run_on_full_database(__doc__, work)))
