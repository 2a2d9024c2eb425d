"""The program's settings with a data folder of their own: no test touches the data of this installation."""

import os
import tempfile

os.environ["DATA_DIR"] = tempfile.mkdtemp(prefix="pomona-tests-")
os.environ["APPLE_URL"] = "http://127.0.0.1:9"
for _name in ("BASE_URL", "SHOW_MAILS", "SECRET_KEY", "FIELD_KEYS"):
    os.environ.pop(_name, None)

from config.settings import *  # noqa: E402, F403

# Each of several workers has a database of its own, and so a part of the cache.
CACHES["default"]["KEY_PREFIX"] = os.environ.get("PYTEST_XDIST_WORKER", "")  # noqa: F405
