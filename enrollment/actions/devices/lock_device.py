from django.db import transaction
from django.utils import timezone

from enrollment.apple.bypass_code import escrow_key, new_bypass_code
from enrollment.apple.client import Client
from enrollment.encryption import encrypt
from enrollment.models import ActivationLock, Operation, Result, Token

RESULTS = {
    "SUCCESS": Result.SUCCESS,
    "NOT_ACCESSIBLE": Result.NOT_ACCESSIBLE,
    "DEVICE_ALREADY_LOCKED": Result.ALREADY,
    "DEVICE_NOT_SUPPORTED": Result.NOT_SUPPORTED,
    "ORG_NOT_SUPPORTED": Result.ORG_NOT_SUPPORTED,
}


def lock_device(apple: Client, token: Token, serial: str, operation: Operation) -> Result:
    """Ask Apple for an Activation Lock. Its bypass code is stored first: a lock whose code is lost stays for good."""
    code = new_bypass_code()
    lock = ActivationLock.objects.create(
        token=token, serial=serial, sealed_bypass_code=encrypt(code), asked_by=operation.confirmed_by
    )
    said = apple.activation_lock(serial, escrow_key=escrow_key(code), lost_message=operation.lost_message)
    result = RESULTS.get(said, Result.FAILED)
    with transaction.atomic():
        if result == Result.SUCCESS:
            ActivationLock.objects.filter(pk=lock.pk).update(locked_at=timezone.now())
        elif result != Result.FAILED:
            lock.delete()  # Apple did not take this code
    return result
