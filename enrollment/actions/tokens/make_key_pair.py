from django.db import transaction

from enrollment.apple import token_file
from enrollment.encryption import encrypt
from enrollment.models import AuditEntry, KeyPair, Person, TokenDraft


def make_key_pair(draft: TokenDraft, *, by: Person | None) -> KeyPair:
    """A fresh pair for the draft; earlier ones stay usable until a token was decrypted (TOK-2, TOK-4)."""
    made = token_file.make_key_pair(draft.name or "Pomona")
    with transaction.atomic():
        pair = KeyPair.objects.create(
            draft=draft,
            certificate_pem=made.certificate_pem.decode(),
            sealed_private_key=encrypt(made.private_key_pem),
            fingerprint=made.fingerprint,
            issuer_and_serial=made.issuer_and_serial,
            subject_key_id=made.subject_key_id,
        )
        AuditEntry.record("token_draft.key_made", draft, by=by, fingerprint=made.fingerprint)
    return pair
