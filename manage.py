#!/usr/bin/env python
import os
import sys
from pathlib import Path

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    if sys.argv[1:2] == ["demo"]:
        # The demo never touches the data of a real installation, and needs no other server.
        os.environ["DATA_DIR"] = os.environ.get("DEMO_DIR", str(Path(__file__).resolve().parent / "data" / "demo"))
        for name in ("DATABASE_URL", "REDIS_URL"):
            os.environ.pop(name, None)
    execute_from_command_line(sys.argv)
