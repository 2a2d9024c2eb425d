"""The operations of the API.

Statuses in the order administrator, enrollment manager, profile assigner, helpdesk, auditor. What follows them is what
those are answered elsewhere who may do it at all; those who may not stay 403.
Things of the world stand in braces: {token}, {their_token}, {own_token}, {device}, {profile}, {run} … (world.py).
"""

from tests.who_may_what.api_access import ACCESS
from tests.who_may_what.api_audit import AUDIT
from tests.who_may_what.api_devices import DEVICES
from tests.who_may_what.api_profiles import PROFILES
from tests.who_may_what.api_rules import RULES
from tests.who_may_what.api_serials import SERIALS
from tests.who_may_what.api_tokens import TOKENS
from tests.who_may_what.api_warnings import WARNINGS

ALL = 200
OPERATIONS = [
    *TOKENS,
    *PROFILES,
    *DEVICES,
    *RULES,
    *ACCESS,
    *SERIALS,
    *AUDIT,
    *WARNINGS,
]
