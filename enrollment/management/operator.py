from typing import Any

from django.core.management.base import BaseCommand

from enrollment.models.audit_entry import OPERATOR, origin


class OperatorCommand(BaseCommand):
    """A command that changes something: the audit log tells it of somebody at the machine itself, not of the clock."""

    def execute(self, *args: Any, **options: Any) -> str | None:
        name = type(self).__module__.rpartition(".")[2]
        before = origin.set(f"{OPERATOR} {name}")
        try:
            return super().execute(*args, **options)
        finally:
            origin.reset(before)
