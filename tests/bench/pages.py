"""How fast pages are at full size: `python -m tests.bench.pages --devices 200000 --database sqlite|postgres`.

Prints JSON: for each page the median of five answers in milliseconds, through Django alone (no network).
"""

import argparse
import json
import os
import statistics
import tempfile
import time
from datetime import timedelta

from tests.bench.machine import machine
from tests.bench.sync import POSTGRES, make_database

TIMES = 5
PAGES = {
    "device_list": "/devices/",
    "device_search": "/devices/?q=12345",
    "device_state": "/devices/?state=failed",
    "device_needs_wipe": "/devices/?needs_wipe=true",
    "device_needs_wipe_of_profile": "/devices/?token=1&profile=1&needs_wipe=true",
    "device_needs_no_wipe": "/devices/?needs_wipe=false",
    "profile_list": "/profiles/",
    "profile_detail": "/profiles/1/",
    "profile_preview": "/profiles/1/preview/",
    "token_deletion": "/tokens/1/delete/",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--devices", type=int, default=200_000)
    parser.add_argument("--database", choices=["sqlite", "postgres"], default="sqlite")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="pomona-bench-") as folder:
        os.environ |= {"DATA_DIR": folder, "DJANGO_SETTINGS_MODULE": "config.settings"}
        os.environ.pop("REDIS_URL", None)
        os.environ.pop("DATABASE_URL", None)
        if options.database == "postgres":
            make_database()
            os.environ["DATABASE_URL"] = POSTGRES
        found = measure(options.devices)
    print(json.dumps({"machine": machine(), "database": options.database, "devices": options.devices, "pages": found}))


def measure(devices: int) -> list[dict[str, object]]:
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.test import Client

    settings.ALLOWED_HOSTS = ["*"]
    settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    call_command("migrate", verbosity=0, interactive=False)
    browser = Client()
    browser.force_login(_fill(devices))
    return [{"page": name, "milliseconds": _median(browser, path)} for name, path in PAGES.items()]


def _median(browser: object, path: str) -> float:
    seconds = []
    for _time in range(TIMES + 1):
        started = time.perf_counter()
        answer = browser.get(path)
        seconds.append(time.perf_counter() - started)
        if answer.status_code != 200:
            raise SystemExit(f"{path}: {answer.status_code}")
    return round(1000 * statistics.median(seconds[1:]), 1)


def _fill(count: int) -> object:
    """Two profiles; every device wants one of them, half were activated, a tenth with something older."""
    from django.db import connection
    from django.utils import timezone

    from enrollment.models import Device, Role, Wish
    from tests.cast import a_person, a_profile, a_token

    Role.objects.get(key="administrator")
    person = a_person("bench", "administrator")
    token = a_token(name="Bench")
    profiles = [a_profile(token, apple_uuid=letter * 32) for letter in "AB"]
    now = timezone.now() + timedelta(seconds=1)

    def device(number: int) -> Device:
        profile = profiles[number % 2]
        uuid = profile.current.apple_uuid
        is_activated, is_old = number % 2 == 0, number % 10 == 0
        return Device(
            token=token,
            serial=f"C{number:010d}",
            model="iPad Air (M2)",
            description="IPAD AIR 11 WI-FI 128GB BLUE",
            family="iPad",
            os="iPadOS",
            assigned_at=now,
            wish=Wish.PROFILE,
            profile=profile,
            apple_profile_uuid=uuid,
            apple_profile_status="pushed" if is_activated else "assigned",
            given_uuid=("C" * 32 if is_old else uuid) if is_activated else "",
            given_at=now if is_activated else None,
        )

    for start in range(0, count, 10_000):
        Device.objects.bulk_create(device(number) for number in range(start, min(start + 10_000, count)))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return person


if __name__ == "__main__":
    main()
