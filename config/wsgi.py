import gc
import os
from collections.abc import Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

PATIENCE = 60.0  # seconds for one piece of an answer to be taken, of an export half a megabyte

answer = get_wsgi_application()

# What is loaded stays for ever: looked through with every full collection, it made one page in twenty 50 ms slower.
get_resolver().url_patterns  # noqa: B018 - loads every view
gc.collect()
gc.freeze()


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """A client that has stopped taking its download does not keep one of gunicorn's threads for ever."""
    connection = environ.get("gunicorn.socket")
    if connection is not None:
        connection.settimeout(PATIENCE)
    return answer(environ, start_response)
