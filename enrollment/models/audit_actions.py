"""A sentence for every action of the audit log, and for the nouns they are about."""

from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

# The first part of an action's code → what it is about, in the order filters offer it.
NOUNS: dict[str, str | Promise] = {
    "token": _("Tokens"),
    "token_draft": _("Setting up tokens"),
    "profile": _("Profiles"),
    "profile_draft": _("Profile drafts"),
    "device": _("Devices"),
    "operation": _("Operations"),
    "rule": _("Assignment rules"),
    "serial_list": _("Apple serial numbers"),
    "vpp_token": _("VPP tokens"),
    "warning": _("Warnings"),
    "person": _("People and signing in"),
    "role": _("Roles"),
    "scope_tag": _("Scope tags"),
    "api_key": _("API keys"),
    "access": _("What was refused"),
    "installation": _("This installation"),
    "audit": _("Audit log"),
    "history": _("History"),
}

ACTIONS = {
    "token.connected": gettext_noop("Token connected"),
    "token.verified": gettext_noop("Apple account read"),
    "token.edited": gettext_noop("Token edited"),
    "token.sync_asked": gettext_noop("Sync asked for"),
    "token.default_profile_set": gettext_noop("Default profile set"),
    "token.renewed": gettext_noop("Token renewed"),
    "token.renewal_refused": gettext_noop("Renewal of a token refused"),
    "token.key_made": gettext_noop("Key pair made"),
    "token.certificate_downloaded": gettext_noop("Public key downloaded"),
    "token.deleted": gettext_noop("Token deleted"),
    "token_draft.started": gettext_noop("Token setup begun"),
    "token_draft.edited": gettext_noop("Token setup edited"),
    "token_draft.key_made": gettext_noop("Key pair made"),
    "token_draft.consented": gettext_noop("Consent given"),
    "token_draft.consent_withdrawn": gettext_noop("Consent withdrawn"),
    "token_draft.certificate_downloaded": gettext_noop("Public key downloaded"),
    "token_draft.file_opened": gettext_noop("Token file opened"),
    "token_draft.file_refused": gettext_noop("Token file refused"),
    "token_draft.deleted": gettext_noop("Token setup discarded"),
    "profile.created": gettext_noop("Profile created"),
    "profile.edited": gettext_noop("Profile name, description or device name template changed"),
    "profile.revised": gettext_noop("Profile settings changed"),
    "profile.restore_begun": gettext_noop("Restoring of a revision begun"),
    "profile.defined": gettext_noop("Profile accepted by Apple"),
    "profile.refused": gettext_noop("Profile refused by Apple"),
    "profile.assigned": gettext_noop("Profile assigned"),
    "profile.unassigned": gettext_noop("Profile removed from devices"),
    "profile.default_applied": gettext_noop("Default profile given to new devices"),
    "profile.exported": gettext_noop("Profile exported"),
    "profile.deleted": gettext_noop("Profile deleted"),
    "profile_draft.started": gettext_noop("Profile begun"),
    "profile_draft.deleted": gettext_noop("Profile draft discarded"),
    "device.refreshed": gettext_noop("Device read from Apple"),
    "device.exported": gettext_noop("Devices exported"),
    "device.deleted": gettext_noop("Devices deleted here"),
    "device.purged": gettext_noop("Released devices deleted"),
    "device.release_asked": gettext_noop("Devices released from the organisation"),
    "device.lock_asked": gettext_noop("Activation Lock turned on"),
    "device.bypass_code_read": gettext_noop("Bypass code of an Activation Lock read"),
    "operation.retried": gettext_noop("Failed devices tried again"),
    "operation.discarded": gettext_noop("Preview of an operation discarded"),
    "operation.exported": gettext_noop("Results of an operation exported"),
    "rule.made": gettext_noop("Assignment rule made"),
    "rule.changed": gettext_noop("Assignment rule changed"),
    "rule.deleted": gettext_noop("Assignment rule deleted"),
    "rules.ordered": gettext_noop("Assignment rules put in order"),
    "rules.brake_set": gettext_noop("Brake of the assignment rules set"),
    "rules.stopped": gettext_noop("Assignment rules stopped by their brake"),
    "serial_list.read": gettext_noop("List of serial numbers read"),
    "serial_list.exported": gettext_noop("List of serial numbers exported"),
    "serial_list.deleted": gettext_noop("List of serial numbers deleted"),
    "vpp_token.added": gettext_noop("VPP token added"),
    "vpp_token.file_refused": gettext_noop("VPP token file refused"),
    "vpp_token.deleted": gettext_noop("VPP token deleted"),
    "person.added": gettext_noop("Person added"),
    "person.edited": gettext_noop("Person edited"),
    "person.invited": gettext_noop("Person invited"),
    "person.activated": gettext_noop("Account activated"),
    "person.deactivated": gettext_noop("Account deactivated"),
    "warning.snoozed": gettext_noop("Warning snoozed"),
    "warning.woken": gettext_noop("Snooze of a warning ended"),
    "person.roles_from_provider": gettext_noop("Roles set by the sign-in provider"),
    "person.signed_in": gettext_noop("Signed in"),
    "person.signed_out": gettext_noop("Signed out"),
    "person.sign_in_failed": gettext_noop("Sign-in failed"),
    "person.second_factor_failed": gettext_noop("Second factor refused"),
    "person.password_changed": gettext_noop("Password changed"),
    "person.password_reset": gettext_noop("Password set anew"),
    "person.factor_added": gettext_noop("Second factor added"),
    "person.factor_removed": gettext_noop("Second factor removed"),
    "person.factors_removed": gettext_noop("All second factors removed"),
    "person.recovery_codes_made": gettext_noop("Recovery codes made"),
    "person.recovery_code_used": gettext_noop("Recovery code used"),
    "person.provider_connected": gettext_noop("Sign-in provider connected"),
    "person.provider_disconnected": gettext_noop("Sign-in provider disconnected"),
    "person.sessions_ended": gettext_noop("Sessions ended"),
    "role.made": gettext_noop("Role made"),
    "role.changed": gettext_noop("Role changed"),
    "role.deleted": gettext_noop("Role deleted"),
    "scope_tag.made": gettext_noop("Scope tag made"),
    "scope_tag.changed": gettext_noop("Scope tag changed"),
    "scope_tag.deleted": gettext_noop("Scope tag deleted"),
    "api_key.made": gettext_noop("API key made"),
    "api_key.revoked": gettext_noop("API key revoked"),
    "access.refused": gettext_noop("Refused: permission missing"),
    "installation.mfa_required": gettext_noop("Second factor required, or not"),
    "installation.field_keys_rotated": gettext_noop("Secrets put under a new key"),
    "installation.first_link_made": gettext_noop("Link for the first administrator made"),
    "audit.exported": gettext_noop("Audit log exported"),
    "audit.purged": gettext_noop("Old audit entries deleted"),
    "history.purged": gettext_noop("Old history deleted"),
}


def action_in_words(action: str) -> str:
    """What was done, in the reader's language; an action we do not know by its code."""
    return gettext(ACTIONS[action]) if action in ACTIONS else action


def noun_of(action: str) -> str:
    """What it is about; of the rules together the same as of one."""
    noun = action.partition(".")[0]
    return "rule" if noun == "rules" else noun


def actions_about(noun: str) -> list[str]:
    return [action for action in ACTIONS if noun_of(action) == noun]
