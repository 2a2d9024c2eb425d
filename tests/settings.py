"""The program's settings with a data folder of their own: no test touches the data of this installation."""

import os
import tempfile

os.environ["DATA_DIR"] = tempfile.mkdtemp(prefix="pomona-tests-")
os.environ["APPLE_URL"] = "http://127.0.0.1:9"
for _name in ("BASE_URL", "SHOW_MAILS", "SECRET_KEY", "FIELD_KEYS"):
    os.environ.pop(_name, None)

from config.settings import *  # noqa: E402, F403
