"""What has to be typed before something is done that cannot be undone; people type it, programs say it."""

from enrollment.models.operation import ASKS_APPLE, Operation, Verdict


def words_to_type(operation: Operation) -> str:
    """The serial number of the one device, or how many they are; "" where a click is enough."""
    if operation.kind not in ASKS_APPLE:
        return ""
    one = operation.devices.filter(verdict=Verdict.GETS)[:2]
    return one[0].serial if operation.gets == 1 and len(one) == 1 else str(operation.gets)


def are_typed(words: str, typed: str) -> bool:
    return typed.strip().upper() == words
