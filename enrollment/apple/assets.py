"""What Apps and Books says, as values: unknown keys are ignored, odd values get a named fallback, nothing crashes.

Source: apple-protocols.md section 8.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from enrollment.apple.messages import text, time, truth

LARGEST_COUNT = 2**31 - 1  # of licences; free apps may report any number, and this is what a database column takes
LONGEST_ID = 20  # digits
# What the reference says, for the limits an answer leaves out.
LIMITS = {
    "maxAssets": 25,
    "maxSerialNumbers": 1000,
    "maxClientUserIds": 1000,
    "maxRevokeSerialNumbers": 100,
    "maxRevokeClientUserIds": 100,
    "maxUsers": 100,
    "maxNotificationLength": 512,
    "maxMdmIdLength": 100,
    "maxMdmNameLength": 100,
    "maxMdmMetadataLength": 255,
}


class PricingParam(StrEnum):
    """At which terms it was bought; part of what tells two assets apart."""

    STANDARD = "STDQ"
    PLUS = "PLUS"
    UNKNOWN = "UNKNOWN"


class ProductType(StrEnum):
    APP = "App"
    BOOK = "Book"
    UNKNOWN = "Unknown"


class Asset(NamedTuple):
    """The licences of one app or book at one price."""

    adam_id: str
    pricing_param: PricingParam
    total: int
    assigned: int
    available: int
    retired: int
    product_type: ProductType
    device_assignable: bool
    revocable: bool
    platforms: tuple[str, ...]

    @property
    def key(self) -> tuple[str, PricingParam]:
        return self.adam_id, self.pricing_param


@dataclass(frozen=True, slots=True)
class AssetPage:
    """One page: `following` is the index of the next one, None on the last."""

    assets: list[Asset]
    current: int | None
    following: int | None
    version: str


@dataclass(frozen=True, slots=True)
class MdmInfo:
    """Which product says that it manages the location; texts are "" when none does."""

    id: str = ""
    name: str = ""
    metadata: str = ""


@dataclass(frozen=True, slots=True)
class ClientConfig:
    """Whose content token this is. Texts are "" when absent."""

    location_name: str = ""
    country: str = ""
    uid: str = ""
    default_platform: str = ""
    website_url: str = ""
    expires_at: datetime | None = None
    mdm_info: MdmInfo = field(default_factory=MdmInfo)


@dataclass(frozen=True, slots=True)
class ServiceConfig:
    """Where Apple answers, and how much at once; to be kept for some hours."""

    urls: dict[str, str]
    limits: dict[str, int]


def number(value: object) -> int | None:
    """A whole number that is not negative, also as digits; None for anything else."""
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) <= LONGEST_ID:
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def asset(said: object) -> Asset | None:
    """None for what is no object or has no App Store id."""
    if not isinstance(said, Mapping) or not (adam_id := _adam_id(said.get("adamId"))):
        return None
    platforms = said.get("supportedPlatforms")
    return Asset(
        adam_id,
        _pricing(said.get("pricingParam")),
        *_counts(said),
        _product(said.get("productType")),
        truth(said.get("deviceAssignable")),
        truth(said.get("revocable")),
        tuple(filter(None, map(text, platforms))) if isinstance(platforms, list) else (),
    )


def _adam_id(value: object) -> str:
    """Digits; Apple writes a string, a number is tolerated."""
    digits = str(value) if isinstance(value, int | str) and number(value) is not None else ""
    return digits if len(digits) <= LONGEST_ID else ""


def _counts(said: Mapping[str, Any]) -> tuple[int, int, int, int]:
    """Total, assigned, available, retired. One that is missing follows from the others; none is made to agree."""
    total, assigned, available, retired = (
        number(said.get(name)) for name in ("totalCount", "assignedCount", "availableCount", "retiredCount")
    )
    assigned, retired = assigned or 0, retired or 0
    if available is None:
        available = max(0, (total or 0) - assigned - retired)
    if total is None:
        total = assigned + available + retired
    return _bounded(total), _bounded(assigned), _bounded(available), _bounded(retired)


def _bounded(count: int) -> int:
    return min(count, LARGEST_COUNT)


def _pricing(value: object) -> PricingParam:
    """STDQ when nothing is said."""
    try:
        return PricingParam(text(value).upper() if value is not None else PricingParam.STANDARD)
    except ValueError:
        return PricingParam.UNKNOWN


def _product(value: object) -> ProductType:
    try:
        return ProductType(text(value).title())
    except ValueError:
        return ProductType.UNKNOWN


def asset_page(said: Mapping[str, Any]) -> AssetPage | None:
    """None when there is no list, or when what follows cannot be told: half a list must not pass for the whole."""
    # A location without a licence may leave its empty list out.
    listed = said.get("assets", [] if said.get("size") == 0 else None)
    following = said.get("nextPageIndex")
    if not isinstance(listed, list) or (following is not None and number(following) is None):
        return None
    version = said.get("versionId")
    return AssetPage(
        [found for one in listed if (found := asset(one))],
        number(said.get("currentPageIndex")),
        number(following),
        str(version) if isinstance(version, int) and abs(version) <= LARGEST_COUNT else text(version),
    )


def client_config(said: Mapping[str, Any]) -> ClientConfig | None:
    """None when no location is named at all."""
    mdm_info = said.get("mdmInfo")
    info = mdm_info if isinstance(mdm_info, Mapping) else {}
    found = ClientConfig(
        location_name=text(said.get("locationName")),
        country=text(said.get("countryISO2ACode")).upper()[:2],
        uid=text(said.get("uId")),
        default_platform=text(said.get("defaultPlatform")),
        website_url=text(said.get("websiteURL")),
        expires_at=time(said.get("tokenExpirationDate")),
        mdm_info=MdmInfo(text(info.get("id")), text(info.get("name")), text(info.get("metadata"))),
    )
    return found if found.location_name or found.uid else None


def service_config(said: Mapping[str, Any]) -> ServiceConfig | None:
    """None when no addresses are named."""
    urls, limits = said.get("urls"), said.get("limits")
    if not isinstance(urls, Mapping):
        return None
    told = limits if isinstance(limits, Mapping) else {}
    return ServiceConfig(
        {text(name): text(url) for name, url in urls.items() if isinstance(url, str)},
        {name: number(told.get(name)) or usual for name, usual in LIMITS.items()},
    )


def name_of(said: Mapping[str, Any], adam_id: str) -> str:
    """What a look-up calls an app or a book; "" when it does not say."""
    results = said.get("results")
    found = results.get(adam_id) if isinstance(results, Mapping) else None
    return text(found.get("name")).strip() if isinstance(found, Mapping) else ""
