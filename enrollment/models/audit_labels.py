"""What the values of audit entries are called, and what those mean that are codes."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from enrollment.models.assignment import WishedBy
from enrollment.models.assignment_rule import RuleMode
from enrollment.models.channel import ChannelKind, Rhythm
from enrollment.models.operation import OperationKind
from enrollment.models.person import NOTHING
from enrollment.models.profile import Platform
from enrollment.models.profile_settings import FIELDS
from enrollment.models.role import Permission
from enrollment.models.serial_list import SerialVerdict
from enrollment.models.severity import Severity
from enrollment.models.sync_run import SyncKind, SyncTrigger

LABELS: dict[str, str | Promise] = {
    "name": _("Name"),
    "rotated": _("Under the new key"),
    "unreadable": _("Not readable with any key"),
    "description": _("Description"),
    "device_name_template": _("Device name template"),
    "apple_id": _("Apple ID"),
    "apple_url": _("Apple's address"),
    "expires": _("Expires"),
    "scope_tags": _("Scope tags"),
    "server": _("Server"),
    "server_name": _("Server"),
    "server_uuid": _("Server's UUID"),
    "other_server": _("Another server"),
    "location_name": _("Location"),
    "country": _("Country"),
    "uid": _("Location's ID at Apple"),
    "managed_by": _("Managed by"),
    "other_location": _("Another location"),
    "admin_id": _("Administrator at Apple"),
    "org_name": _("Organisation"),
    "org_email": _("E-mail of the organisation"),
    "org_phone": _("Phone of the organisation"),
    "org_address": _("Address of the organisation"),
    "org_id": _("Organisation's ID"),
    "org_type": _("Kind of organisation"),
    "org_version": _("Version of the organisation's portal"),
    "fingerprint": _("Fingerprint"),
    "file": _("File"),
    "source": _("Made from"),
    "format": _("Format"),
    "filter": _("Filters"),
    "profile": _("Profile"),
    "platform": _("Platform"),
    "revision": _("Revision"),
    "uuid": _("UUID at Apple"),
    "devices": _("Devices"),
    "count": _("Number"),
    "serials": _("Serial numbers"),
    "because": _("Because of"),
    "kind": _("Kind"),
    "trigger": _("Asked by"),
    "mode": _("Mode"),
    "conditions": _("Conditions"),
    "order": _("Order"),
    "brake": _("Brake"),
    "rows": _("Rows"),
    "counts": _("Of these"),
    "entries": _("Entries"),
    "until": _("Up to"),
    "events": _("Events"),
    "operations": _("Operations"),
    "serial_lists": _("Lists of serial numbers"),
    "username": _("Username"),
    "first_name": _("First name"),
    "last_name": _("Last name"),
    "email": _("E-mail"),
    "language": _("Language"),
    "is_service": _("For a program"),
    "is_active": _("May sign in"),
    "person": _("Person"),
    "role": _("Role"),
    "roles": _("Roles"),
    "permissions": _("Permissions"),
    "permission": _("Permission"),
    "required": _("Required"),
    "provider": _("Sign-in provider"),
    "ways": _("Signed in with"),
    "factor": _("Second factor"),
    "left": _("Left"),
    "page": _("Page"),
    "method": _("Method"),
    "address": _("Address"),
    "reason": _("Reason"),
    "addresses": _("E-mail addresses"),
    "host": _("Receiver"),
    "new_address": _("New address"),
    "least_severity": _("From which severity on"),
    "rhythm": _("How often"),
    "told_from": _("From which severity on"),
    "told_rhythm": _("How often"),
    "is_on": _("Turned on"),
    "warning": _("Warning"),
    "snoozed_until": _("Snoozed until"),
    "why": _("Why"),
}
WAYS = {
    "password": _("password"),
    "totp": _("one-time code"),
    "webauthn": _("passkey"),
    "mfa": _("second factor"),
    "recovery_codes": _("recovery code"),
    "socialaccount": _("sign-in provider"),
    "code": _("link"),
}
# Codes → words, by the value's name, or by the noun of the action and the name.
WORDS: dict[str, dict[str, str | Promise]] = {
    "because": dict(WishedBy.choices),
    "trigger": dict(SyncTrigger.choices),
    "mode": dict(RuleMode.choices),
    "platform": dict(Platform.choices),
    "permissions": dict(Permission.choices),
    "permission": dict(Permission.choices),
    "ways": WAYS,
    "factor": WAYS,
    "token.kind": dict(SyncKind.choices),
    "operation.kind": dict(OperationKind.choices),
    "counts": dict(SerialVerdict.choices),
    "channel.kind": dict(ChannelKind.choices),
    "least_severity": dict(Severity.choices),
    "rhythm": dict(Rhythm.choices),
    "told_from": {**dict(Severity.choices), NOTHING: _("Nothing")},
    "told_rhythm": dict(Rhythm.choices),
}


def label_of(name: str, noun: str) -> str:
    """What a value is called; one we do not know by its code."""
    if noun in ("profile", "profile_draft") and name in FIELDS:
        return str(FIELDS[name].label)
    return str(LABELS.get(name, name))
