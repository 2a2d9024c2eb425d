"""The program's settings with a data folder of their own: no test touches the data of this installation."""

import os
import tempfile

os.environ["DATA_DIR"] = tempfile.mkdtemp(prefix="pomona-tests-")
os.environ["APPLE_URL"] = "http://127.0.0.1:9"
for _name in ("BASE_URL", "SHOW_MAILS", "SECRET_KEY", "FIELD_KEYS"):
    os.environ.pop(_name, None)

from config.settings import *  # noqa: E402, F403

# Each of several workers has a database of its own, and so a cache: clearing one empties all of a number of Redis.
if REDIS_URL:  # noqa: F405
    _server, _slash, _number = REDIS_URL.rpartition("/")  # noqa: F405
    _worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    CACHES["default"]["LOCATION"] = f"{_server}/{(int(_number) + _worker) % 16}"  # noqa: F405

# Every browser of a test would look for all static files anew.
WHITENOISE_AUTOREFRESH = True
