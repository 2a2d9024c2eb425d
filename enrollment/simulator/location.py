"""A location of the portal: the licences it owns, and the content tokens that speak for it."""

import hmac
import secrets
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from enrollment.simulator.content_token import VALID_FOR, content_token

if TYPE_CHECKING:
    from enrollment.simulator.state import World

COMPANY_PORTAL = "719171358"
STANDARD, PLUS = "STDQ", "PLUS"


@dataclass
class Licences:
    """What the location owns of one app or book at one price; the name is for people who read along."""

    adam_id: str
    name: str
    total: int
    assigned: int = 0
    retired: int = 0
    pricing_param: str = STANDARD
    product_type: str = "App"
    platforms: tuple[str, ...] = ("iOS",)
    device_assignable: bool = True
    revocable: bool = True

    @property
    def available(self) -> int:
        return self.total - self.assigned - self.retired

    def as_apple_says(self) -> dict[str, Any]:
        return {
            "adamId": self.adam_id,
            "pricingParam": self.pricing_param,
            "productType": self.product_type,
            "totalCount": self.total,
            "assignedCount": self.assigned,
            "availableCount": self.available,
            "retiredCount": self.retired,
            "deviceAssignable": self.device_assignable,
            "revocable": self.revocable,
            "supportedPlatforms": list(self.platforms),
        }


def _first_purchases() -> list[Licences]:
    """What a demo starts with: one app with few licences left, one with none, one at two prices, a book."""
    return [
        Licences(COMPANY_PORTAL, "Intune Company Portal", 500, 180),
        Licences("951937596", "Microsoft Outlook", 400, 212, 8),
        Licences("951937596", "Microsoft Outlook", 20, 5, pricing_param=PLUS),
        Licences("1113153706", "Microsoft Teams", 400, 205, platforms=("iOS", "visionOS")),
        Licences("1288723196", "Microsoft Edge", 250, 243),
        Licences("983156458", "Microsoft Authenticator", 120, 120),
        Licences("784801555", "Microsoft OneNote", 60, 12, platforms=("macOS",)),
        Licences(
            *("1500000001", "Welcome to the Orchard", 100, 40),
            product_type="Book",
            device_assignable=False,
            revocable=False,
        ),
    ]


@dataclass
class IssuedToken:
    """One downloaded content token."""

    text: str
    expires_at: datetime
    is_revoked: bool = False


class Location:
    """An organisational unit with licences. A new token leaves the ones before as they are."""

    def __init__(self, world: "World", *, name: str, uid: str = "", licences: Iterable[Licences] | None = None) -> None:
        self.world = world
        self.name = name
        self.uid = uid or secrets.token_hex(8)
        self.country = "FR"
        self.version = 1
        self.mdm_info = {"id": "", "name": "", "metadata": ""}
        self.tokens: list[IssuedToken] = []
        self.licences = list(_first_purchases() if licences is None else licences)

    # --- Its tokens --------------------------------------------------------------------------------------------------

    def download_token(self) -> bytes:
        """A new `.vpptoken`, valid for a year."""
        now = self.world.clock().astimezone(UTC).replace(microsecond=0)
        file = content_token(self.name, now)
        with self.world.lock:
            self.tokens.append(IssuedToken(file.decode(), now + VALID_FOR))
            self.world.changed()
        return file

    def token(self, text: str) -> IssuedToken | None:
        said = text.encode()
        return next((one for one in self.tokens if hmac.compare_digest(one.text.encode(), said)), None)

    def expire_tokens(self, *, in_: timedelta = timedelta()) -> None:
        """Every token of now ends then."""
        with self.world.lock:
            for token in self.tokens:
                token.expires_at = self.world.clock() + in_
            self.world.changed()

    def revoke_tokens(self) -> None:
        """As when the person who downloaded them leaves or changes the password."""
        with self.world.lock:
            for token in self.tokens:
                token.is_revoked = True
            self.world.changed()

    # --- Its licences ------------------------------------------------------------------------------------------------

    def of(self, adam_id: str, pricing_param: str = STANDARD) -> Licences:
        """KeyError for what was never bought."""
        for one in self.licences:
            if (one.adam_id, one.pricing_param) == (adam_id, pricing_param):
                return one
        raise KeyError(adam_id)

    @property
    def titles(self) -> int:
        """How many apps and books it owns; one at two prices is one."""
        return len({one.adam_id for one in self.licences})

    def buy(self, adam_id: str, count: int, *, name: str = "", pricing_param: str = STANDARD, **facts: Any) -> None:
        """More of what is there, or something new."""
        with self.world.lock:
            try:
                self.of(adam_id, pricing_param).total += count
            except KeyError:
                self.licences.append(Licences(adam_id, name, count, pricing_param=pricing_param, **facts))
            self.touch()

    def assign(self, adam_id: str, count: int, *, pricing_param: str = STANDARD) -> None:
        """To devices or people; less than nothing takes them back. ValueError when there are not so many."""
        self._change(adam_id, pricing_param, "assigned", count)

    def retire(self, adam_id: str, count: int, *, pricing_param: str = STANDARD) -> None:
        """A refund: free licences that can never be assigned again. ValueError when there are not so many."""
        self._change(adam_id, pricing_param, "retired", count)

    def _change(self, adam_id: str, pricing_param: str, which: str, count: int) -> None:
        with self.world.lock:
            licences = self.of(adam_id, pricing_param)
            if count > licences.available or getattr(licences, which) + count < 0:
                raise ValueError(count)
            setattr(licences, which, getattr(licences, which) + count)
            self.touch()

    def leave_free(self, adam_id: str, count: int, *, pricing_param: str = STANDARD) -> None:
        """Assign or take back until so many are free. ValueError when there are not so many."""
        with self.world.lock:
            free = self.of(adam_id, pricing_param).available
            self.assign(adam_id, free - count, pricing_param=pricing_param)

    def remove(self, adam_id: str, *, pricing_param: str = STANDARD) -> None:
        """Moved to another location, to the last one."""
        with self.world.lock:
            self.licences.remove(self.of(adam_id, pricing_param))
            self.touch()

    def touch(self) -> None:
        """Something moved: pages of before and after do not belong together."""
        with self.world.lock:
            self.version += 1
            self.world.changed()

    # --- On disk -----------------------------------------------------------------------------------------------------

    def to_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "uid": self.uid,
            "version": self.version,
            "mdm_info": self.mdm_info,
            "tokens": [[one.text, one.expires_at.isoformat(), one.is_revoked] for one in self.tokens],
            "licences": [asdict(one) for one in self.licences],
        }

    @classmethod
    def from_json(cls, world: "World", said: dict[str, Any]) -> "Location":
        licences = [Licences(**{**one, "platforms": tuple(one["platforms"])}) for one in said["licences"]]
        location = cls(world, name=said["name"], uid=said["uid"], licences=licences)
        location.version, location.mdm_info = said["version"], said["mdm_info"]
        location.tokens = [
            IssuedToken(text, datetime.fromisoformat(end), revoked) for text, end, revoked in said["tokens"]
        ]
        return location
