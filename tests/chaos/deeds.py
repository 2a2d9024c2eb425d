"""What the children do: the clock's minute as it is, and looks at what has become of everything."""

import resource
from typing import Any

from django.core.management import call_command

from config.celery import app
from enrollment import tasks
from enrollment.actions.devices.request_sync import request_sync
from enrollment.actions.profiles.assign_profile import assign_profile
from enrollment.actions.tokens.open_token_file import server_mark
from enrollment.apple.token_file import Credentials
from enrollment.connection import connect
from enrollment.encryption import encrypt
from enrollment.models import AssignmentState, Device, Profile, SeenSerials, SyncRun, Token, Wish
from tests.audit_guard import unguarded
from tests.cast import a_profile, a_token

# What must be the same whatever happened on the way. Keys, and the moments at which something was done, may differ.
_MAY_DIFFER = {
    "id",
    "appeared_at",
    "released_at",
    "given_at",
    "wished_at",
    "asked_at",
    "next_try_at",
    "confirmed_at",
    "profile_assigned_at",
}
_COLUMNS = [column.attname for column in Device._meta.concrete_fields if column.attname not in _MAY_DIFFER]


def forget_everything() -> None:
    with unguarded():
        call_command("flush", interactive=False, verbosity=0)


def connect_token(url: str, credentials: str) -> None:
    held = Credentials.from_json(credentials)
    a_token(name="Orchard", held=held, apple_url=url, server_mark=server_mark(url, held))


def replace_token(credentials: str) -> None:
    """What a renewal writes: the credentials alone."""
    Token.objects.update(sealed_credentials=encrypt(Credentials.from_json(credentials).to_json().encode()))


def minute() -> None:
    """The clock's minute, and with it all it hands out."""
    tasks.every_minute()


def ask_for_a_sync() -> None:
    """What the button does: the wish is a row, and the queue is told."""
    app.conf.task_always_eager = False
    tasks.enqueue(tasks.run_sync, request_sync(Token.objects.get(), by=None).pk)


def minute_by_the_queue() -> None:
    """What the clock sends, for a worker to take."""
    app.conf.task_always_eager = False
    tasks.every_minute.apply_async(expires=50, retry=False)


def impatient_minute(seconds: float) -> None:
    """The same, with an Apple that is waited for no longer than so many seconds."""
    connect.__kwdefaults__["timeout"] = (seconds, seconds)
    tasks.every_minute()


def minute_on_a_full_disk(megabytes: float) -> None:
    """The same, where no file may grow beyond so many megabytes."""
    most = int(megabytes * 1024 * 1024)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
    tasks.every_minute()


def want_a_profile() -> None:
    """Every device that may have it is to get a new profile."""
    token = Token.objects.get()
    assign_profile(token.devices.all(), a_profile(token, name=f"Profile {token.profiles.count()}"), by=None)


def state() -> dict[str, Any]:
    """What there is left to do, and what went wrong."""
    token = Token.objects.get()
    run = token.sync_runs.first()
    return {
        "open_runs": token.sync_runs.open().count(),
        "runs": token.sync_runs.count(),
        "last_run": run.status if run else "",
        "kind": run.kind if run else "",
        "received": sum(SyncRun.objects.values_list("received", flat=True)),
        "devices": token.devices.count(),
        "seen_pages": SeenSerials.objects.count(),
        "has_full": token.full_synced_at is not None and not token.full_because,
        "status": token.status,
        "wanted": token.devices.exclude(wish=Wish.NOTHING_SAID).count(),
        "sent": Device.objects.with_state().filter(state_now=AssignmentState.SENT).count(),
        "confirmed": Device.objects.with_state().filter(state_now=AssignmentState.CONFIRMED).count(),
    }


def rows() -> list[list[str]]:
    """Every device, as texts; what is a key of ours or Apple's by its meaning."""
    names = dict(Profile.objects.values_list("pk", "name"))
    uuids = dict(Profile.objects.values_list("current__apple_uuid", "name"))
    found = []
    for device in Device.objects.order_by("serial"):
        one = {name: getattr(device, name) for name in _COLUMNS}
        one["profile_id"] = names.get(one["profile_id"])
        for name in ("apple_profile_uuid", "asked_for", "given_uuid"):
            one[name] = uuids.get(one[name], one[name])
        one["is_released"], one["is_confirmed"] = device.released_at is not None, device.confirmed_at is not None
        found.append([f"{name}={value}" for name, value in one.items()])
    return found
