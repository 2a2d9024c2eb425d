import sys
import threading
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError
from django.db import connection

from enrollment.actions.devices.request_sync import SyncRefused, request_sync
from enrollment.actions.devices.sync_devices import sync_devices
from enrollment.management.operator import OperatorCommand
from enrollment.models import SyncRun, SyncStatus, Token

WIDTH = 30


class Command(OperatorCommand):
    help = "Sync a token now, by the same rules as the button. Exit 0 done, 1 refused or failed, 2 wrong usage."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name")
        parser.add_argument("--full", action="store_true", help="everything, not only what changed (once in 7 days)")

    def handle(self, *, name: str, full: bool, **_options: Any) -> None:
        token = Token.objects.filter(name=name).first()
        if token is None:
            raise CommandError(f"There is no token named “{name}”.")
        try:
            run = request_sync(token, by=None, full=full)
        except SyncRefused as refusal:
            until = f" Possible again at {refusal.until:%Y-%m-%d %H:%M} UTC." if refusal.until else ""
            raise CommandError(f"{refusal.sentence}{until}") from None
        over = threading.Event()
        bar = threading.Thread(target=self._show, args=(run.pk, over))
        bar.start()
        try:
            # Claimed here, so that no worker does it again; if one was faster, the bar shows its progress.
            sync_devices(run)
        finally:
            over.set()
            bar.join()
        run.refresh_from_db()
        self._tell(run)

    def _show(self, pk: int, over: threading.Event) -> None:
        if not sys.stderr.isatty():
            return
        try:
            while not over.wait(0.3):
                run = SyncRun.objects.get(pk=pk)
                done = min(run.received / run.expected, 1) if run.expected else 0
                bar = "█" * round(WIDTH * done)
                self.stderr.write(f"\r{bar:<{WIDTH}} {run.received:,} devices, {run.pages:,} pages", ending="")
        finally:
            self.stderr.write("")
            connection.close()

    def _tell(self, run: SyncRun) -> None:
        if run.status == SyncStatus.FAILED:
            raise CommandError(
                f"{run.trouble_sentence % run.trouble_details} {run.trouble_advice % run.trouble_details}"
            )
        self.stdout.write(
            f"{run.get_status_display()}: {run.added:,} added, {run.updated:,} updated, {run.released:,} released, "
            f"{run.unchanged:,} unchanged."
        )
