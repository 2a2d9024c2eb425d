"""What Prometheus reads (WARN-4), by its conventions: base units, a counter only where nothing is ever taken back."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from importlib.metadata import version
from typing import Any

from django.db.models import Count
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily, Metric

from enrollment.actions.devices.tally_devices import tally_devices
from enrollment.actions.warnings.current_warnings import current_warnings
from enrollment.actions.warnings.device_figures import STUCK, device_figures
from enrollment.models import (
    AppleProfileStatus,
    Delivery,
    Device,
    Installation,
    Operation,
    Permission,
    Person,
    Severity,
    SyncRun,
    SyncStatus,
    Token,
    TokenStatus,
    VppToken,
)
from enrollment.models.delivery import Dropped
from enrollment.models.device_groups import likely_otherwise_than_wanted
from enrollment.models.licence_stock import company_portal_stock
from enrollment.permissions import may

DAY = timedelta(days=1)
Rows = Iterable[tuple[tuple[str, ...], float]]  # the values of the labels, and the figure


@dataclass(frozen=True)
class Figures:
    """All that a person sees at one time: a collector for a registry that is made for one answer."""

    person: Person
    now: datetime

    def collect(self) -> Iterator[Metric]:
        yield InfoMetricFamily("pomona_build", "The version that answers.", {"version": version("pomona")})
        yield from self._tokens()
        yield from self._vpp_tokens()
        if may(self.person, Permission.READ_DEVICE):
            yield from self._devices()
        yield from self._queues()
        yield self._warnings()
        if self.person.sees_everything:
            yield from self._installation()

    @cached_property
    def tokens(self) -> list[Any]:
        found = Token.objects.visible_to(self.person).with_status(self.now)
        return list(found.values_list("pk", "name", "expires_at", "synced_at", "status_now", named=True))

    @cached_property
    def names(self) -> dict[int, str]:
        """Of the tokens that are seen, by key: rows of any other are told to nobody."""
        return {token.pk: token.name for token in self.tokens}

    def _tokens(self) -> Iterator[Metric]:
        synced = [token for token in self.tokens if token.synced_at]
        failed = self._by_token(SyncRun.objects.visible_to(self.person).filter(status=SyncStatus.FAILED))
        yield gauge(
            "pomona_token_expiry_timestamp_seconds",
            "When Apple stops accepting the token.",
            ["token"],
            (((token.name,), token.expires_at.timestamp()) for token in self.tokens),
        )
        yield gauge(
            "pomona_token_days_left",
            "Days until the token expires; negative when it has.",
            ["token"],
            (((token.name,), (token.expires_at - self.now) / DAY) for token in self.tokens),
        )
        yield gauge(
            "pomona_token_status",
            "1 for the status the token has.",
            ["token", "status"],
            (((token.name, token.status_now), 1) for token in self.tokens),
        )
        statuses = Counter(token.status_now for token in self.tokens)
        yield gauge(
            "pomona_tokens",
            "Tokens by status.",
            ["status"],
            (((status.value,), statuses[status.value]) for status in TokenStatus),
        )
        yield gauge(
            "pomona_token_last_sync_timestamp_seconds",
            "When the last sync of the token was done; missing before the first.",
            ["token"],
            (((token.name,), token.synced_at.timestamp()) for token in synced),
        )
        yield gauge(
            "pomona_token_last_sync_age_seconds",
            "How long ago the last sync of the token was done; missing before the first.",
            ["token"],
            (((token.name,), (self.now - token.synced_at).total_seconds()) for token in synced),
        )
        yield counter(
            "pomona_token_syncs_failed",
            "Syncs of the token that failed.",
            ["token"],
            (((name,), failed.get(key, 0)) for key, name in self.names.items()),
        )

    def _vpp_tokens(self) -> Iterator[Metric]:
        tokens = list(VppToken.objects.visible_to(self.person).defer("sealed_token"))
        portal = company_portal_stock(tokens)
        yield gauge(
            "pomona_vpp_token_expiry_timestamp_seconds",
            "When Apple stops accepting the VPP token.",
            ["vpp_token"],
            (((token.name,), token.expires_at.timestamp()) for token in tokens),
        )
        yield gauge(
            "pomona_vpp_token_days_left",
            "Days until the VPP token expires; negative when it has.",
            ["vpp_token"],
            (((token.name,), (token.expires_at - self.now) / DAY) for token in tokens),
        )
        yield gauge(
            "pomona_vpp_token_last_read_timestamp_seconds",
            "When the licences were last read; missing before the first time.",
            ["vpp_token"],
            (((token.name,), token.read_at.timestamp()) for token in tokens if token.read_at),
        )
        yield gauge(
            "pomona_company_portal_licences",
            "Licences of the Company Portal, or of the app chosen in its place, by what they are.",
            ["vpp_token", "state"],
            (
                ((token.name, state), figure)
                for token in tokens
                if (stock := portal.get(token.pk))
                for state, figure in (("free", stock.free), ("used", stock.used))
            ),
        )

    def _devices(self) -> Iterator[Metric]:
        figures, tally = device_figures(self.now), tally_devices(self.now)
        yield gauge(
            "pomona_devices",
            "Devices by the status of their profile at Apple, without those that were released.",
            ["token", "status"],
            (
                ((name, status.value), tally.by_status[status].get(key, 0))
                for key, name in self.names.items()
                for status in AppleProfileStatus
            ),
        )
        yield gauge(
            "pomona_devices_released",
            "Devices that were released from the organisation, and are still listed.",
            ["token"],
            (((name,), tally.released.get(key, 0)) for key, name in self.names.items()),
        )
        yield gauge(
            "pomona_devices_without_profile",
            "Devices that are wanted to have nothing and have nothing, an hour after they appeared.",
            ["token"],
            (((name,), figures.without_profile.get(key, 0)) for key, name in self.names.items()),
        )
        yield gauge(
            "pomona_devices_failing",
            "Devices that do not get the profile that is wanted, by why.",
            ["token", "reason"],
            (
                ((name, state.value), figures.stuck[state].get(key, 0))
                for key, name in self.names.items()
                for state in STUCK
            ),
        )

    def _queues(self) -> Iterator[Metric]:
        waits: dict[str, int] = {
            "syncs": SyncRun.objects.visible_to(self.person).to_take_up(self.now).count(),
            "licences": VppToken.objects.visible_to(self.person).to_read(self.now).count(),
        }
        if may(self.person, Permission.READ_DEVICE):
            devices = Device.objects.visible_to(self.person)
            wanted = devices.filter(likely_otherwise_than_wanted(Device))
            waits |= {
                "assignments": wanted.to_ask_for(self.now).count(),
                "read_backs": devices.to_read_back(self.now).count(),
                "operations": Operation.objects.visible_to(self.person).to_take_up().count(),
            }
        if self.person.sees_everything:
            waits["messages"] = Delivery.objects.to_send(self.now).count()
        yield gauge(
            "pomona_queue_depth",
            "What is due and waits for a worker: syncs, readings of licences, devices to ask Apple about, devices whose"
            " profile is to be read back, operations, messages.",
            ["queue"],
            (((queue,), depth) for queue, depth in waits.items()),
        )

    def _warnings(self) -> Metric:
        standing = Counter((warning.severity, warning.is_snoozed) for warning in current_warnings(self.person))
        return gauge(
            "pomona_warnings",
            "Warnings that hold now, by severity, and whether somebody has snoozed them.",
            ["severity", "snoozed"],
            (
                ((severity.value, str(is_snoozed).lower()), standing[severity, is_snoozed])
                for severity in Severity
                for is_snoozed in (False, True)
            ),
        )

    def _installation(self) -> Iterator[Metric]:
        given_up = Delivery.objects.filter(dropped_because=Dropped.GIVEN_UP, alert__ended_at=None).count()
        clock_at = Installation.this().clock_at
        yield gauge(
            "pomona_messages_given_up",
            "Messages that could not be delivered and are not tried any more, of warnings that still hold.",
            [],
            [((), given_up)],
        )
        yield gauge(
            "pomona_clock_last_run_timestamp_seconds",
            "When the clock last looked for what is due; missing when it never has.",
            [],
            [((), clock_at.timestamp())] if clock_at else [],
        )

    def _by_token(self, rows: Any) -> dict[int, int]:
        return dict(rows.order_by().values_list("token").annotate(count=Count("*")))


def gauge(name: str, words: str, labels: list[str], rows: Rows) -> Metric:
    family = GaugeMetricFamily(name, words, labels=labels, unit="seconds" if name.endswith("_seconds") else "")
    for values, figure in rows:
        family.add_metric(values, figure)
    return family


def counter(name: str, words: str, labels: list[str], rows: Rows) -> Metric:
    """Its name ends in `_total` where it is read."""
    family = CounterMetricFamily(name, words, labels=labels)
    for values, figure in rows:
        family.add_metric(values, figure)
    return family
