"""How long many devices at once take: `python -m tests.bench.operations --devices 200000 --database postgres|sqlite`.

All devices of a token are previewed, confirmed, followed, looked through and exported, through the pages a person uses.
Prints JSON.
"""

import json
import time
from collections.abc import Callable
from typing import Any

from tests.bench.full_database import run_on_full_database


def work() -> dict[str, Any]:
    from django.conf import settings
    from django.test import Client
    from django.urls import reverse

    from enrollment.models import Device, Operation, Person, Profile, Token
    from tests.cast import a_person

    settings.ALLOWED_HOSTS = ["testserver"]
    browser = Client()
    browser.force_login(a_person("bench", "administrator") if not Person.objects.exists() else Person.objects.get())
    token = Token.objects.first()
    profile = Profile.objects.filter(token=token).last()
    asked = {"all_matching": "1", "query": f"token={token.pk}", "profile": profile.pk}
    found = []

    def step(name: str, verb: Callable[[], Any]) -> Any:
        started = time.perf_counter()
        answer = verb()
        if answer.status_code >= 400:
            raise SystemExit(f"{name}: {answer.status_code}")
        found.append({"name": name, "seconds": round(time.perf_counter() - started, 3)})
        return answer

    step("preview", lambda: browser.post(reverse("operation-new", args=["assign"]), asked))
    operation = Operation.objects.get()
    page = reverse("operation-detail", args=[operation.pk])
    step("look at the preview", lambda: browser.get(page))
    step("confirm", lambda: browser.post(reverse("operation-confirm", args=[operation.pk])))
    gets = operation.devices.filter(verdict="gets").values("device")
    if Device.objects.filter(profile=profile, pk__in=gets).count() != operation.gets:
        raise SystemExit("the confirmation did not do what was previewed")
    step("progress", lambda: browser.get(page, headers={"hx-request": "true"}))
    step("look at the result", lambda: browser.get(page))
    step("look at those that wait", lambda: browser.get(page, {"show": "waiting"}))
    step("look at the failed", lambda: browser.get(page, {"show": "failed"}))
    step("list of operations", lambda: browser.get(reverse("operation-list")))
    step("export", lambda: _whole(browser.get(reverse("operation-export", args=[operation.pk]))))
    step("remove from all", lambda: browser.post(reverse("operation-new", args=["unassign"]), asked))
    step("delete all: preview", lambda: browser.post(reverse("operation-new", args=["delete"]), asked))
    deletion = Operation.objects.filter(kind="delete").get()
    step("delete all: confirm", lambda: browser.post(reverse("operation-confirm", args=[deletion.pk])))
    if Device.objects.filter(token=token).exists():
        raise SystemExit("not all of them were deleted")
    return {"counts": operation.counts, "steps": found}


def _whole(answer: Any) -> Any:
    answer.getvalue()
    return answer


if __name__ == "__main__":
    print(json.dumps(run_on_full_database(__doc__, work), indent=1))
