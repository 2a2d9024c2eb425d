from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from enrollment.management.first_link import first_link
from enrollment.management.program import environment, is_free, parts, wait_until_answers
from enrollment.management.supervisor import Supervisor


class Command(BaseCommand):
    help = "Run the whole program on this machine: web, workers and clock."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="the address to listen at (default: this machine only)")
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *, host: str, port: int, **_options: Any) -> None:
        if not is_free(host, port):
            raise CommandError(f"Port {port} is taken: stop what uses it, or choose another by --port.")
        call_command("migrate", verbosity=0, interactive=False)
        supervisor = Supervisor(
            parts(host=host, port=port, data=settings.DATA_DIR), environment(), settings.BASE_DIR, self.stdout.write
        )
        supervisor.stop_on_signals()
        supervisor.start()
        try:
            url = f"http://{host}:{port}/accounts/login/"
            if wait_until_answers(url, seconds=60, give_up=lambda: supervisor.is_stopping):
                self.stdout.write(
                    f"Pomona answers at {settings.BASE_URL} (listening at {host}:{port}). Ctrl-C stops it."
                )
                if link := first_link():
                    self.stdout.write(f"Nobody can sign in yet. Make the first administrator here, once:\n  {link}")
                self.stdout.flush()
            supervisor.watch()
        finally:
            supervisor.stop()
        self.stdout.write("Stopped.")
