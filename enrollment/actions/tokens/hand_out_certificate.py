from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from enrollment.models import AuditEntry, KeyPair, Person, Token, TokenDraft


class ConsentMissing(Exception):
    """TOK-1: nothing else can be done before it."""

    sentence = gettext_noop("Nothing can be sent to Apple before you agree.")


def hand_out_certificate(owner: TokenDraft | Token, *, by: Person | None) -> str:
    """The newest certificate as PEM, for the portal; the private key stays. Nothing goes to Apple by this.

    A person consents first (TOK-1), else ConsentMissing; the operator does so when the command line connects the token.
    """
    if by is not None and isinstance(owner, TokenDraft) and owner.consented_at is None:
        raise ConsentMissing
    pair = owner.key_pair
    if pair is None:
        raise KeyPair.DoesNotExist
    with transaction.atomic():
        KeyPair.objects.filter(pk=pair.pk, downloaded_at=None).update(downloaded_at=timezone.now())
        action = "token.certificate_downloaded" if isinstance(owner, Token) else "token_draft.certificate_downloaded"
        AuditEntry.record(action, owner, by=by, fingerprint=pair.fingerprint)
    return pair.certificate_pem
