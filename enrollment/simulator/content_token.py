import base64
import json
import secrets
from datetime import datetime, timedelta

VALID_FOR = timedelta(days=365)


def content_token(organisation: str, now: datetime) -> bytes:
    """A `.vpptoken` file: one base64 string of JSON (apple-protocols.md section 8)."""
    end = (now + VALID_FOR).strftime("%Y-%m-%dT%H:%M:%S+0000")
    said = {"token": secrets.token_urlsafe(48), "expDate": end, "orgName": organisation}
    return base64.b64encode(json.dumps(said).encode())
