from enrollment.apple.bypass_code import as_typed
from enrollment.encryption import decrypt
from enrollment.models import ActivationLock, AuditEntry, Person


def read_bypass_code(lock: ActivationLock, *, by: Person | None) -> str:
    """The code that opens the lock, as it is typed on the device. Who reads it is recorded (AUD-1)."""
    AuditEntry.record("device.bypass_code_read", lock, by=by)
    return as_typed(decrypt(bytes(lock.sealed_bypass_code)))
