from dataclasses import asdict
from typing import Any

from django.db import transaction
from django.db.models.functions import Coalesce
from django.utils import timezone

from enrollment.actions.tokens.note_refusal import note_refusal
from enrollment.actions.tokens.note_success import note_success
from enrollment.apple.errors import AppleError
from enrollment.apple.messages import Account
from enrollment.connection import connect
from enrollment.models import AuditEntry, Person, Token

# A person waits for the answer: shorter than a sync's.
TIMEOUT = (5.0, 15.0)
_KEPT = (
    "server_name",
    "server_uuid",
    "admin_id",
    "org_name",
    "org_email",
    "org_phone",
    "org_address",
    "org_id",
    "org_type",
    "org_version",
)
_LONGEST: dict[str, int] = {name: getattr(Token._meta.get_field(name), "max_length", 0) for name in _KEPT}


def account_columns(account: Account) -> dict[str, str]:
    """What a token keeps of Apple's answer; texts are cut to what a column holds."""
    said = asdict(account)
    return {name: said[name][: _LONGEST[name]] for name in _KEPT}


def verify_token(token: Token, *, by: Person | None = None) -> bool:
    """Ask Apple whose token it is and keep the answer (TOK-8). False, the reason on the token, when it says no."""
    try:
        with connect(token, timeout=TIMEOUT) as apple:
            apple.session()
            account = apple.account()
    except AppleError as error:
        note_refusal(token, error)
        return False
    known = account_columns(account)
    changed: dict[str, Any] = {name: value for name, value in known.items() if getattr(token, name) != value}
    before = {name: getattr(token, name) for name in changed}
    with transaction.atomic():
        Token.objects.filter(pk=token.pk).update(**known, verified_at=Coalesce("verified_at", timezone.now()))
        note_success(token)
        if changed:
            AuditEntry.record("token.verified", token, by=by, before=before, **changed)
    return True
