"""A workplace for processes that may be killed: it has Django loaded, and forks one child for each thing to do.

Lines of JSON come in, {"do", "with", "minutes"}; out go {"pid"} as soon as the child runs, and {"code", "answer"} when
it is gone. The child's clock runs `minutes` ahead, so that leases, waits and rhythms of hours need no patience.
"""

import json
import os
import sys
import traceback
from datetime import UTC, datetime, timedelta

import django

django.setup()

from config.celery import app  # noqa: E402
from tests.chaos import deeds  # noqa: E402


def main() -> None:
    app.conf.task_always_eager = True
    for line in sys.stdin:
        order = json.loads(line)
        reading, writing = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(reading)
            _work(order, writing)
        os.close(writing)
        _say({"pid": pid})
        with os.fdopen(reading, "rb") as stream:
            answer = stream.read()
        _pid, status = os.waitpid(pid, 0)
        _say({"code": os.waitstatus_to_exitcode(status), "answer": json.loads(answer) if answer else None})


def _work(order: dict, writing: int) -> None:
    import time_machine

    code = 1
    try:
        with time_machine.travel(datetime.now(UTC) + timedelta(minutes=order["minutes"]), tick=True):
            answer = getattr(deeds, order["do"])(**order["with"])
        os.write(writing, json.dumps(answer).encode())
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


def _say(what: dict) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
