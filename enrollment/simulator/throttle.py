"""How often one serial number may be assigned before Apple asks for patience."""

from collections import deque
from datetime import datetime, timedelta


class Throttle:
    """`often` assignments of one serial number within `window`; more are refused for `pause`."""

    def __init__(self) -> None:
        self.often = 10
        self.window = timedelta(hours=1)
        self.pause = timedelta(seconds=45)
        self._asked: dict[str, deque[datetime]] = {}

    def allows(self, serial: str, now: datetime) -> bool:
        asked = self._asked.setdefault(serial, deque(maxlen=max(self.often, 1)))
        while asked and asked[0] <= now - self.window:
            asked.popleft()
        if len(asked) >= self.often:
            return False
        asked.append(now)
        return True
