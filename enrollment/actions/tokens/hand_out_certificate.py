from django.db import transaction
from django.utils import timezone

from enrollment.models import AuditEntry, KeyPair, Person, Token, TokenDraft


def hand_out_certificate(owner: TokenDraft | Token, *, by: Person | None) -> str:
    """The newest certificate as PEM, for the portal; the private key stays. Nothing goes to Apple by this.

    In the wizard consent comes first (TOK-1); without it no token is made of the draft, whatever door is used.
    """
    pair = owner.key_pair
    if pair is None:
        raise KeyPair.DoesNotExist
    with transaction.atomic():
        KeyPair.objects.filter(pk=pair.pk, downloaded_at=None).update(downloaded_at=timezone.now())
        action = "token.certificate_downloaded" if isinstance(owner, Token) else "token_draft.certificate_downloaded"
        AuditEntry.record(action, owner, by=by, fingerprint=pair.fingerprint)
    return pair.certificate_pem
