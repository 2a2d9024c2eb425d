"""What happened to the devices of one server, in order: a sync replays it from a position."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Operation:
    """One entry; `kind` is added, modified or deleted, as Apple's op_type."""

    kind: str
    serial: str
    at: datetime
    released_by_replacement: bool = False


class Journal:
    """Append-only."""

    def __init__(self) -> None:
        self.operations: list[Operation] = []

    def append(self, kind: str, serial: str, at: datetime, *, released_by_replacement: bool = False) -> None:
        self.operations.append(Operation(kind, serial, at, released_by_replacement))

    def __len__(self) -> int:
        return len(self.operations)

    def after(self, position: int, limit: int) -> list[Operation]:
        return self.operations[position : position + limit]
