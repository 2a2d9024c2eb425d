"""The program's parts as child processes: started together, restarted when one dies, stopped together."""

import contextlib
import ctypes
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

GRACE = 15.0  # seconds a part has to stop by itself
PAUSES = (1.0, 2.0, 5.0, 15.0, 60.0)  # before a part that keeps dying is started again
WELL_AFTER = 60.0  # seconds: a part that lived so long had no part in an earlier failure
_PR_SET_PDEATHSIG = 1


@dataclass
class Part:
    """One process: its name for people, and how it is started."""

    name: str
    command: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    restart_at: float = 0.0
    failures: int = 0


@dataclass
class Supervisor:
    """Keeps the parts alive until `stop`. `say` tells people; `logs` is a folder, or None for the terminal."""

    parts: Sequence[Part]
    environment: Mapping[str, str]
    folder: Path
    say: Callable[[str], None]
    logs: Path | None = None
    _stopping: threading.Event = field(default_factory=threading.Event)

    def start(self) -> None:
        for part in self.parts:
            self._start(part)

    def stop_on_signals(self) -> None:
        """Ctrl-C and SIGTERM end `watch`."""
        for name in (signal.SIGINT, signal.SIGTERM):
            signal.signal(name, lambda *_: self._stopping.set())

    @property
    def is_stopping(self) -> bool:
        return self._stopping.is_set()

    def watch(self) -> None:
        """Restart what dies, until asked to stop."""
        while not self._stopping.wait(0.2):
            for part in self.parts:
                self._look_after(part)

    def _look_after(self, part: Part) -> None:
        now = time.monotonic()
        if part.process is not None and part.process.poll() is not None:
            part.failures = 0 if now - part.started_at > WELL_AFTER else part.failures
            pause = PAUSES[min(part.failures, len(PAUSES) - 1)]
            self.say(f"{part.name} has stopped ({part.process.returncode}); it is started again in {pause:.0f} s.")
            part.process, part.restart_at, part.failures = None, now + pause, part.failures + 1
        elif part.process is None and now >= part.restart_at:
            self._start(part)

    def _start(self, part: Part) -> None:
        with contextlib.ExitStack() as stack:
            output = None
            if self.logs is not None:
                self.logs.mkdir(parents=True, exist_ok=True)
                output = stack.enter_context((self.logs / f"{part.name}.log").open("ab"))
            part.process = subprocess.Popen(
                part.command,
                cwd=self.folder,
                env=dict(self.environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT if output else None,
                # Away from the terminal's signals: Ctrl-C reaches us, and we stop the parts in order.
                start_new_session=True,
                preexec_fn=_die_with_parent,  # noqa: PLW1509 - only one system call, no locks
            )
        part.started_at = time.monotonic()

    def stop(self) -> None:
        """Ask every part to stop, and insist after a while. Workers end between two pages."""
        self._stopping.set()
        running = [part.process for part in self.parts if part.process is not None]
        for process in running:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
        deadline = time.monotonic() + GRACE
        for process in running:
            try:
                process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def _die_with_parent() -> None:
    """On Linux a child is told when its parent is gone, even by kill -9; elsewhere this does nothing."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
