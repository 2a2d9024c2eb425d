import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass

from enrollment import limits
from enrollment.apple.errors import AppleError
from enrollment.apple.messages import DeviceRecord
from enrollment.apple.unreadable import CredentialsUnreadable
from enrollment.connection import Apart
from enrollment.models import Token, TokenStatus

# Apple could only refuse: the doctor says so without asking.
CANNOT_ASK = (TokenStatus.EXPIRED, TokenStatus.REJECTED, TokenStatus.TERMS_NOT_SIGNED)


@dataclass(frozen=True)
class LiveAnswer:
    """What Apple said of a serial number as this token: a record, nothing, a refusal, or no answer in time."""

    token: Token
    record: DeviceRecord | None = None
    refusal: AppleError | None = None
    is_late: bool = False

    @property
    def is_missing(self) -> bool:
        """Apple answered, and does not have it on this token's server."""
        return self.record is None and self.refusal is None and not self.is_late


def ask_apple_now(
    serials: Sequence[str], tokens: Sequence[Token], *, seconds: float = limits.DOCTOR_LIVE_SECONDS
) -> list[LiveAnswer]:
    """What Apple says at this moment, all tokens side by side, in so many seconds altogether. Never an error.

    The serial numbers are readings of one: the first that a server has is its answer. A token that Apple would refuse
    is left out.
    """
    asked = [token for token in tokens if token.status not in CANNOT_ASK][: limits.DOCTOR_ASKS_TOKENS]
    if not asked:
        return []
    apart, unreadable = _open(asked, seconds)
    threads = ThreadPoolExecutor(max_workers=len(asked), thread_name_prefix="doctor")
    started = time.monotonic()
    calls = {token: threads.submit(one.client.device_details, serials) for token, one in apart.items()}
    wait(calls.values(), timeout=max(0.0, seconds - (time.monotonic() - started)))
    threads.shutdown(wait=False, cancel_futures=True)
    answers = [unreadable[token] if token in unreadable else _answer(token, calls[token]) for token in asked]
    for token, one in apart.items():
        if calls[token].done():
            one.keep()
    return answers


def _open(tokens: Sequence[Token], seconds: float) -> tuple[dict[Token, Apart], dict[Token, LiveAnswer]]:
    """A client for each, or why there is none."""
    apart: dict[Token, Apart] = {}
    unreadable: dict[Token, LiveAnswer] = {}
    for token in tokens:
        try:
            apart[token] = Apart(token, timeout=(seconds, seconds))
        except CredentialsUnreadable as error:
            unreadable[token] = LiveAnswer(token, refusal=error)
    return apart, unreadable


def _answer(token: Token, call: "Future[dict[str, DeviceRecord | None]]") -> LiveAnswer:
    if not call.done() or call.cancelled():
        return LiveAnswer(token, is_late=True)
    error = call.exception()
    if isinstance(error, AppleError):
        return LiveAnswer(token, refusal=error)
    if error is not None:
        raise error
    return LiveAnswer(token, record=next(filter(None, call.result().values()), None))
