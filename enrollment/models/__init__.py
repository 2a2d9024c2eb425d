from enrollment.models.activation_lock import ActivationLock
from enrollment.models.alert import Alert
from enrollment.models.api_key import ApiKey, KeyStatus
from enrollment.models.assignment import Answer, AssignmentState, Wish, WishedBy
from enrollment.models.assignment_rule import AssignmentRule, RuleMode, RulesAbout
from enrollment.models.audit_entry import AuditEntry, AuditResult
from enrollment.models.audit_head import AuditHead
from enrollment.models.calendar_feed import CalendarFeed
from enrollment.models.channel import Channel, ChannelKind, Rhythm
from enrollment.models.delivery import Delivery, Dropped
from enrollment.models.device import AppleProfileStatus, Device
from enrollment.models.device_event import DeviceEvent, EventKind
from enrollment.models.device_tally import KeptTally
from enrollment.models.idempotent_answer import IdempotentAnswer
from enrollment.models.installation import Installation
from enrollment.models.key_pair import KeyPair
from enrollment.models.licences import Licences
from enrollment.models.operation import (
    Operation,
    OperationDevice,
    OperationKind,
    OperationStatus,
    Result,
    Verdict,
)
from enrollment.models.page_in_hand import PageInHand
from enrollment.models.person import Person
from enrollment.models.profile import ForeignProfile, Platform, Profile, ProfileRevision
from enrollment.models.profile_draft import ProfileDraft
from enrollment.models.role import Permission, Role
from enrollment.models.saved_view import SavedView
from enrollment.models.scope_tag import ScopeTag
from enrollment.models.serial_list import SerialList, SerialRow, SerialVerdict
from enrollment.models.severity import Health, Severity, health
from enrollment.models.sync_change import ChangeKind, SyncChange
from enrollment.models.sync_run import SeenSerials, SyncKind, SyncPhase, SyncRun, SyncStatus, SyncTrigger
from enrollment.models.token import Token, TokenStatus
from enrollment.models.token_draft import TokenDraft
from enrollment.models.vpp_token import VppToken, VppTokenStatus

__all__ = [
    "ActivationLock",
    "Alert",
    "Answer",
    "ApiKey",
    "AppleProfileStatus",
    "AssignmentRule",
    "AssignmentState",
    "AuditEntry",
    "AuditHead",
    "AuditResult",
    "CalendarFeed",
    "ChangeKind",
    "Channel",
    "ChannelKind",
    "Delivery",
    "Device",
    "DeviceEvent",
    "Dropped",
    "EventKind",
    "ForeignProfile",
    "Health",
    "IdempotentAnswer",
    "Installation",
    "KeptTally",
    "KeyPair",
    "KeyStatus",
    "Licences",
    "Operation",
    "OperationDevice",
    "OperationKind",
    "OperationStatus",
    "PageInHand",
    "Permission",
    "Person",
    "Platform",
    "Profile",
    "ProfileDraft",
    "ProfileRevision",
    "Result",
    "Rhythm",
    "Role",
    "RuleMode",
    "RulesAbout",
    "SavedView",
    "ScopeTag",
    "SeenSerials",
    "SerialList",
    "SerialRow",
    "SerialVerdict",
    "Severity",
    "SyncChange",
    "SyncKind",
    "SyncPhase",
    "SyncRun",
    "SyncStatus",
    "SyncTrigger",
    "Token",
    "TokenDraft",
    "TokenStatus",
    "Verdict",
    "VppToken",
    "VppTokenStatus",
    "Wish",
    "WishedBy",
    "health",
]
