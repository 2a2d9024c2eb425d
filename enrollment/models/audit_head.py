import secrets
from typing import Any

import structlog
from django.apps import AppConfig
from django.db import connections, models, transaction
from django.db.models.signals import post_migrate
from django.dispatch import receiver

from enrollment.encryption import decrypt, encrypt
from enrollment.models.audit_chain import is_same, mark_of_head
from enrollment.models.installation import Installation

log = structlog.get_logger(__name__)


class AuditHead(models.Model):
    """Where the chain of the audit log begins and ends: one row, which is also the lock of who seals or purges.

    The database's own guard of the entries reads `purged_number`: a migration that makes this table anew on SQLite has
    to take the guard off before, and put it on again.
    """

    number = models.BigIntegerField(default=0, help_text="Of the last entry that was sealed.")
    chain_hash = models.CharField(max_length=64, blank=True)
    purged_number = models.BigIntegerField(default=0, help_text="Entries up to this one may be deleted.")
    purged_hash = models.CharField(max_length=64, blank=True)
    # Entries up to this key are older than the chain and came without a mark.
    unmarked_until = models.BigIntegerField(default=0)
    mark = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(name="there_is_one_audit_head", condition=models.Q(pk=1))]

    def __str__(self) -> str:
        return f"{self.number}:{self.chain_hash}"

    @classmethod
    def locked(cls) -> "AuditHead | None":
        """In a transaction, until it ends; None when somebody has taken it away."""
        return cls.objects.select_for_update().filter(pk=1).first()

    def is_ours(self, key: bytes) -> bool:
        """Whether it says what we wrote into it."""
        return is_same(self.mark, self._mark(key))

    def keep(self, key: bytes) -> None:
        """Write it down, vouched for."""
        self.mark = self._mark(key)
        self.save()

    def _mark(self, key: bytes) -> str:
        ends = (self.number, self.chain_hash, self.purged_number, self.purged_hash)
        return mark_of_head(key, *ends, self.unmarked_until)


def audit_key() -> bytes:
    """What marks and hashes are made with. Encrypted at rest: a stolen database does not tell it. KeyMissing."""
    sealed = Installation.objects.filter(pk=1).values_list("sealed_audit_key", flat=True).first()
    return decrypt(bytes(sealed or b""))


@receiver(post_migrate)
def begin_the_chain(sender: AppConfig, using: str, **_signal: Any) -> None:
    """A new installation gets its key and an empty chain; one that has entries already will seal them."""
    if sender.name != "enrollment" or AuditHead._meta.db_table not in connections[using].introspection.table_names():
        return
    with transaction.atomic(using):
        ours, _made = Installation.objects.using(using).get_or_create(pk=1)
        if ours.sealed_audit_key or AuditHead.objects.using(using).exists():
            return  # a key that somebody took away is not made anew: the verification has to say so
        key = secrets.token_bytes(32)
        ours.sealed_audit_key = encrypt(key)
        ours.save(using=using, update_fields=["sealed_audit_key"])
        entries = sender.get_model("AuditEntry").objects.using(using)
        last = entries.aggregate(last=models.Max("pk"))["last"] or 0
        head = AuditHead(pk=1, unmarked_until=last)
        head.mark = head._mark(key)
        head.save(using=using)
    if last:
        log.warning("the audit log gets its chain; what is there already is taken as it is", until_id=last)
