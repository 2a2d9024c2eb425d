from django.db import transaction
from django.utils import timezone

from enrollment.models import AuditEntry, KeyPair, Person, TokenDraft


class ConsentMissing(Exception):
    """Nothing is done before the person has agreed (TOK-1)."""


def hand_out_certificate(draft: TokenDraft, *, by: Person | None) -> str:
    """The newest certificate as PEM, for the portal. The private key stays."""
    if draft.consented_at is None:
        raise ConsentMissing
    pair = draft.key_pair
    if pair is None:
        raise KeyPair.DoesNotExist
    with transaction.atomic():
        KeyPair.objects.filter(pk=pair.pk, downloaded_at=None).update(downloaded_at=timezone.now())
        AuditEntry.record("token_draft.certificate_downloaded", draft, by=by, fingerprint=pair.fingerprint)
    return pair.certificate_pem
