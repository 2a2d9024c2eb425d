"""What the figures were measured on."""

import os
import platform


def machine() -> dict[str, object]:
    return {"python": platform.python_version(), "system": platform.system(), "cores": os.cpu_count()}
