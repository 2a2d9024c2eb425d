"""All conditions, in the order in which warnings of one severity are told."""

from enrollment.actions.warnings.conditions.channels import ChannelFailing, MailsFailing
from enrollment.actions.warnings.conditions.clock import ClockStopped
from enrollment.actions.warnings.conditions.devices import (
    DevicesFailing,
    DevicesNotAccessible,
    DevicesReleased,
    DevicesThrottled,
    DevicesWithoutProfile,
)
from enrollment.actions.warnings.conditions.expiry import TokenExpired, TokenExpiring
from enrollment.actions.warnings.conditions.licences import (
    LicencesGone,
    LicencesLow,
    LicencesUnread,
    VppTokenExpired,
    VppTokenExpiring,
    VppTokenRejected,
)
from enrollment.actions.warnings.conditions.near_limits import (
    ManyDevices,
    ManyDevicesOfAProfile,
    ManyProfiles,
    ManyTokens,
)
from enrollment.actions.warnings.conditions.rules_stopped import RulesStopped
from enrollment.actions.warnings.conditions.syncs import NoSync, SyncFailed
from enrollment.actions.warnings.conditions.token_trouble import (
    TermsNotSigned,
    TokenNotVerified,
    TokenRejected,
    TokenUnreachable,
)
from enrollment.actions.warnings.warning import Condition

CONDITIONS: tuple[Condition, ...] = (
    ClockStopped(),
    TokenExpired(),
    TokenRejected(),
    TermsNotSigned(),
    TokenNotVerified(),
    NoSync(),
    VppTokenExpired(),
    VppTokenRejected(),
    LicencesGone(),
    TokenExpiring(),
    VppTokenExpiring(),
    TokenUnreachable(),
    SyncFailed(),
    MailsFailing(),
    ChannelFailing(),
    RulesStopped(),
    DevicesFailing(),
    DevicesNotAccessible(),
    DevicesThrottled(),
    DevicesWithoutProfile(),
    LicencesUnread(),
    LicencesLow(),
    ManyTokens(),
    ManyProfiles(),
    ManyDevicesOfAProfile(),
    ManyDevices(),
    DevicesReleased(),
)
