from django.db import transaction

from enrollment.apple import token_file
from enrollment.encryption import encrypt
from enrollment.models import AuditEntry, KeyPair, Person, Token, TokenDraft


def make_key_pair(owner: TokenDraft | Token, *, by: Person | None) -> KeyPair:
    """A fresh pair for a draft (TOK-2) or for a token to be renewed with it (REN-3); earlier ones stay usable."""
    made = token_file.make_key_pair(owner.name or "Pomona")
    with transaction.atomic():
        pair = KeyPair.objects.create(
            token=owner if isinstance(owner, Token) else None,
            draft=owner if isinstance(owner, TokenDraft) else None,
            certificate_pem=made.certificate_pem.decode(),
            sealed_private_key=encrypt(made.private_key_pem),
            fingerprint=made.fingerprint,
            issuer_and_serial=made.issuer_and_serial,
            subject_key_id=made.subject_key_id,
        )
        action = "token.key_made" if isinstance(owner, Token) else "token_draft.key_made"
        AuditEntry.record(action, owner, by=by, fingerprint=made.fingerprint)
    return pair
