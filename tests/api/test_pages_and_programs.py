"""API-1: whatever a page can do, a program can do. Each page stands here with the operations that do the same."""

import pytest
from drf_spectacular.generators import SchemaGenerator

from tests.who_may_what.accounts import ACCOUNTS
from tests.who_may_what.pages import PAGES

SAME = {
    "home": "dashboard tokens_list devices_count syncs_list audit_list",
    "account": "me me_sessions_list",
    "calendar": "me_calendar",
    "calendar-make": "me_calendar_make",
    "calendar-revoke": "me_calendar_revoke",
    "account-warnings": "me_change",
    "session-end": "me_sessions_end",
    "sessions-end-others": "me_sessions_end_others",
    "set_language": "me_change",
    "sign-in-settings": "sign_in_settings_retrieve sign_in_settings_change",
    "device-list": "devices_list devices_count devices_models",
    "device-search": "devices_list",
    "device-export": "devices_export",
    "device-columns": "device_columns_retrieve device_columns_choose",
    "device-view-save": "device_views_save device_views_list",
    "device-view-delete": "device_views_delete",
    "operation-new": "operations_preview",
    "device-detail": "devices_retrieve devices_timeline devices_rule",
    "device-delete": "devices_delete",
    "device-refresh": "devices_refresh",
    "device-bypass-code": "activation_locks_list activation_locks_code",
    "serial-doctor": "doctor",
    "serial-lists": "serial_lists_list",
    "serial-list-new": "serial_lists_create serial_lists_upload",
    "serial-list": "serial_lists_retrieve serial_lists_rows",
    "serial-list-assign": "serial_lists_assign",
    "serial-list-export": "serial_lists_export",
    "serial-list-delete": "serial_lists_delete",
    "operation-list": "operations_list",
    "operation-detail": "operations_retrieve operations_devices",
    "operation-confirm": "operations_confirm",
    "operation-retry": "operations_retry",
    "operation-discard": "operations_discard",
    "operation-export": "operations_export",
    "token-list": "tokens_list token_drafts_list",
    "token-new": "token_drafts_start",
    "token-certificate": "token_drafts_certificate",
    "token-new-key": "token_drafts_key",
    "token-create": "token_drafts_connect",
    "token-discard": "token_drafts_discard",
    "token-wizard": "token_drafts_retrieve token_drafts_update token_drafts_file",
    "token-detail": "tokens_retrieve",
    "token-tab": "tokens_retrieve devices_list profiles_list foreign_profiles_list syncs_list audit_list",
    "token-edit": "tokens_update",
    "token-sync": "tokens_sync",
    "token-sync-panel": "tokens_sync_state",
    "token-renew": "tokens_renew",
    "token-renew-key": "tokens_key",
    "token-renew-certificate": "tokens_certificate",
    "token-delete": "tokens_deletion tokens_delete",
    "token-clear-devices": "tokens_clear_devices",
    "token-clear-profiles": "tokens_clear_profiles",
    "rule-list": "token_rules_list token_rules_counts token_rules_brake",
    "rule-new": "token_rules_create token_rules_preview rule_conditions",
    "rules-order": "token_rules_order",
    "rules-brake": "token_rules_set_brake",
    "rules-apply": "token_rules_apply",
    "rule-edit": "rules_retrieve rules_change rules_preview",
    "rule-delete": "rules_delete",
    "sync-list": "syncs_list",
    "sync-run": "syncs_retrieve syncs_changes",
    "profile-list": "profiles_list profile_drafts_list",
    "profile-new": "profile_drafts_start profiles_create",
    "profile-import": "profile_drafts_import",
    "profile-take-over": "foreign_profiles_take_over",
    "profile-draft-preview": "profile_drafts_preview",
    "profile-save": "profile_drafts_save",
    "profile-discard": "profile_drafts_discard",
    "profile-wizard": "profile_drafts_retrieve profile_drafts_update profile_drafts_lint profile_drafts_payload"
    " profile_drafts_check_url profile_settings setup_panes",
    "profile-detail": "profiles_retrieve profiles_usage profiles_lint",
    "profile-tab": "profiles_revisions_list profiles_payload devices_list audit_list",
    "profile-edit": "profiles_edit profiles_update profiles_replace",
    "profile-default": "tokens_set_default_profile",
    "profile-give-default": "tokens_give_default_profile",
    "profile-delete": "profiles_delete",
    "profile-preview": "profiles_preview",
    "profile-compare": "profiles_compare",
    "profile-restore": "profiles_revisions_restore",
    "profile-apple": "profiles_apple",
    "profile-ask-apple": "profiles_ask_apple",
    "profile-export": "profiles_export",
    "vpp-token-list": "vpp_tokens_list",
    "vpp-token-new": "vpp_tokens_add",
    "vpp-token-detail": "vpp_tokens_retrieve vpp_tokens_licences",
    "vpp-token-read": "vpp_tokens_read",
    "vpp-token-edit": "vpp_tokens_update",
    "vpp-token-renew": "vpp_tokens_renew",
    "vpp-token-delete": "vpp_tokens_retrieve vpp_tokens_delete",
    "warning-list": "warnings_list",
    "warning-detail": "warnings_retrieve",
    "warning-snooze": "warnings_snooze",
    "warning-wake": "warnings_wake",
    "person-list": "people_list",
    "person-new": "people_add",
    "person-detail": "people_retrieve api_keys_list",
    "person-edit": "people_change",
    "person-invite": "people_invite",
    "person-deactivate": "people_deactivate",
    "person-activate": "people_activate",
    "person-sign-out": "people_end_sessions",
    "person-forget-factors": "people_remove_factors",
    "person-revoke-calendar": "people_revoke_calendar",
    "role-list": "roles_list",
    "role-new": "roles_create",
    "role-detail": "roles_retrieve people_list",
    "role-edit": "roles_change",
    "role-delete": "roles_delete",
    "scope-tag-list": "scope_tags_list",
    "scope-tag-new": "scope_tags_create",
    "scope-tag-detail": "scope_tags_retrieve people_list",
    "scope-tag-edit": "scope_tags_change",
    "scope-tag-delete": "scope_tags_delete",
    "channel-list": "channels_list",
    "channel-new": "channels_create",
    "channel-detail": "channels_retrieve channels_deliveries",
    "channel-edit": "channels_change",
    "channel-delete": "channels_delete",
    "channel-test": "channels_test",
    "channel-secret": "channels_secret",
    "api-key-list": "api_keys_list",
    "api-key-new": "api_keys_make",
    "api-key-revoke": "api_keys_revoke",
    "activity-list": "audit_list audit_head",
    "activity-entry": "audit_retrieve",
    "activity-export": "audit_export audit_lines",
}
READING = "Texts for reading, which change with the program alone."
PROBE = "No page: programs ask it, which need no key."
BROWSER = "It proves that a person is there, or takes a browser along."
IN_A_BROWSER_ALONE = {
    "guidance": READING,
    "guidance-page": READING,
    "mail-list": "What a demo would have sent, where nobody reads mails.",
    "health-live": PROBE,
    "health-ready": PROBE,
    "account-disconnect": BROWSER,
    "second-factor": BROWSER,
    "first-administrator": BROWSER,
    **{row.name: BROWSER for row in ACCOUNTS if row.name.startswith(("account_", "mfa_", "openid_", "socialaccount_"))},
}


@pytest.fixture(scope="module")
def operations():
    paths = SchemaGenerator().get_schema(request=None, public=True)["paths"]
    return {said["operationId"] for found in paths.values() for said in found.values()}


def test_what_a_page_can_do_a_program_can_do(operations):
    pages = {row.name for row in [*PAGES, *ACCOUNTS] if not row.name.startswith("api-") or row in PAGES}
    assert pages == SAME.keys() | IN_A_BROWSER_ALONE.keys()
    for page, same in SAME.items():
        assert set(same.split()) <= operations, page


def test_no_operation_is_forgotten(operations):
    """What a program alone can do is no more than a shorter way to the same."""
    shorter = {name for name in operations if name.endswith("_retrieve")} | {
        "profiles_assign",
        "tokens_default_profile",
    }
    assert operations == shorter.union(*(same.split() for same in SAME.values()))
