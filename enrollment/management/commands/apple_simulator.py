import os
import signal
import threading
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from enrollment.simulator import Simulator, World
from enrollment.simulator.saved_state import Saver, load

SERVER = "Pretend MDM"


class Command(BaseCommand):
    help = "Run a pretend Apple: the device assignment service and a portal, for trying and testing."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=9100)
        parser.add_argument("--devices", type=int, default=250, help="how many the first server has in a new world")
        parser.add_argument("--seed", type=int, default=7, help="the same seed makes the same devices")
        parser.add_argument("--state", type=Path, help="a file that keeps the world between starts")
        parser.add_argument("--tokens-out", type=Path, help="write the first server's OAuth credentials as JSON")

    def handle(self, **options: Any) -> None:
        world = self._world(options)
        if options["tokens_out"]:
            _write_secret(options["tokens_out"], world.servers[0].credentials_json())
        try:
            simulator = Simulator(world, host=options["host"], port=options["port"])
        except OSError as error:
            raise CommandError(
                f"Port {options['port']} cannot be used ({error.strerror}): choose another by --port."
            ) from None
        world.serialise()
        saver = Saver(world, options["state"]) if options["state"] else None
        if saver:
            saver.start()
        self.stdout.write(f"Pretend Apple at {simulator.url}, portal at {simulator.url}/portal")
        self.stdout.flush()
        _serve_until_asked_to_stop(simulator)
        if saver:
            saver.stop()

    def _world(self, options: dict[str, Any]) -> World:
        state: Path | None = options["state"]
        if state and state.exists():
            try:
                return load(state)
            except (ValueError, KeyError, TypeError):
                raise CommandError(
                    f"{state} holds no pretend world: move it away, or choose another by --state."
                ) from None
        world = World(options["seed"])
        world.add_devices(world.add_server(SERVER), options["devices"])
        return world


def _serve_until_asked_to_stop(simulator: Simulator) -> None:
    def stop(*_signal: object) -> None:
        # From a thread: shutdown waits for the loop that this handler interrupts.
        threading.Thread(target=simulator.shutdown).start()

    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, stop)
    with simulator:
        simulator.serve_forever(poll_interval=0.1)


def _write_secret(file: Path, text: str) -> None:
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as stream:
        stream.write(text + "\n")
