from django.db import transaction
from django.utils import timezone

from enrollment.models import AuditEntry, KeyPair, Person, TokenDraft


def hand_out_certificate(draft: TokenDraft, *, by: Person | None) -> str:
    """The newest certificate as PEM, for the portal; the private key stays. Nothing goes to Apple by this.

    In the wizard consent comes first (TOK-1); without it no token is made of the draft, whatever door is used.
    """
    pair = draft.key_pair
    if pair is None:
        raise KeyPair.DoesNotExist
    with transaction.atomic():
        KeyPair.objects.filter(pk=pair.pk, downloaded_at=None).update(downloaded_at=timezone.now())
        AuditEntry.record("token_draft.certificate_downloaded", draft, by=by, fingerprint=pair.fingerprint)
    return pair.certificate_pem
