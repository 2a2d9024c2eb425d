from django.db import models
from django.db.models import Q


class KeyPair(models.Model):
    """A certificate for the portal and the private key that stays here (TOK-2).

    Every pair of a draft is kept until a token was decrypted, for a file may come back for an earlier one.
    """

    draft = models.ForeignKey("TokenDraft", models.CASCADE, null=True, blank=True, related_name="key_pairs")
    token = models.ForeignKey("Token", models.CASCADE, null=True, blank=True, related_name="key_pairs")
    certificate_pem = models.TextField()
    sealed_private_key = models.BinaryField()
    fingerprint = models.CharField(max_length=95, help_text="SHA-256, upper-case hex pairs with colons.")
    issuer_and_serial = models.CharField(max_length=150, db_index=True)
    subject_key_id = models.CharField(max_length=64, db_index=True)
    created_at = models.DateTimeField(auto_now_add=True)
    downloaded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="a_key_pair_belongs_to_a_draft_or_a_token",
                condition=Q(draft=None, token__isnull=False) | Q(draft__isnull=False, token=None),
            )
        ]

    def __str__(self) -> str:
        return self.fingerprint
