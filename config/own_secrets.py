"""Secrets the default installation makes for itself on first start, so that nobody has to invent any."""

import base64
import json
import os
import secrets
import sys
from pathlib import Path


def own_secrets(folder: Path) -> dict[str, str]:
    """The SECRET_KEY and FIELD_KEYS kept in the data folder (mode 600), made at the first call."""
    file = folder / "secrets.json"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = {
        "SECRET_KEY": secrets.token_urlsafe(50),
        "FIELD_KEYS": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
    }
    draft = file.with_suffix(f".{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
        json.dump(made, stream)
    try:
        # Hard-linking is atomic and never replaces: of two first starts at once, one set of secrets wins for both.
        os.link(draft, file)
        print(f"Pomona made its own secrets in {file}. Keep a copy: without it no token can be read.", file=sys.stderr)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return json.loads(file.read_text())
