import zlib

from django.db import models

from enrollment.models.sync_run import SyncRun


class PageInHand(models.Model):
    """The page a run has of Apple and is about to store: whoever takes the run up need not ask for it again.

    It counts while the run stands where the page was asked for, and the token is of the same server (REN-4); the next
    page takes its place.
    """

    run = models.OneToOneField(SyncRun, models.CASCADE, related_name="page_in_hand")
    asked_with = models.CharField(max_length=1000, blank=True, help_text="The cursor it was asked for with.")
    packed = models.BinaryField(help_text="Apple's answer, compressed.")

    def __str__(self) -> str:
        return f"{self.run_id} · {self.asked_with}"

    @property
    def content(self) -> bytes:
        """Apple's answer as it came."""
        return zlib.decompress(bytes(self.packed))

    @staticmethod
    def pack(content: bytes) -> bytes:
        return zlib.compress(content, 1)
