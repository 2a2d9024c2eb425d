from typing import Any

from django.apps import AppConfig
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created


def _compile_no_queries(connection: BaseDatabaseWrapper, **_signal: Any) -> None:
    """PostgreSQL would compile some of ours, which takes longer than they run. A pooler takes no such start option."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET jit = off")


class EnrollmentConfig(AppConfig):
    name = "enrollment"

    def ready(self) -> None:
        connection_created.connect(_compile_no_queries)
