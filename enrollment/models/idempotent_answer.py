import json
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone

from enrollment.encryption import decrypt, encrypt


class IdempotentAnswer(models.Model):
    """What was answered to a request with an `Idempotency-Key`: sent again, it is answered the same (API-3)."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    said = models.CharField(max_length=250, help_text="The program's key.")
    request_mark = models.CharField(max_length=64, help_text="SHA-256 of key, method, address and body.")
    made_at = models.DateTimeField(default=timezone.now, db_index=True)
    status = models.PositiveSmallIntegerField(null=True, blank=True, help_text="Empty while the first is under way.")
    # Sealed: the answer to a new API key is the key.
    sealed_answer = models.BinaryField(default=bytes, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "said"], name="a_request_once_per_key")]

    def __str__(self) -> str:
        return self.said

    def keep(self, status: int, answer: dict[str, Any]) -> None:
        self.sealed_answer = encrypt(json.dumps(answer).encode())
        self.status = status
        self.save(update_fields=["sealed_answer", "status"])

    def answer(self) -> dict[str, Any]:
        """What was kept."""
        return json.loads(decrypt(bytes(self.sealed_answer)))
