"""The pages about signing in, and each person's own account: alike for all roles, wherever they belong.

Who has signed in has no business at the entrance: they are sent on. Nobody signs up.
"""

from tests.who_may_what.row import page

SENT_ON = 302
ACCOUNTS = [
    page("account_login", "get", "", SENT_ON, stranger=200),
    page("account_login", "post", "", SENT_ON, stranger=200),
    page("account_logout", "get", "", 200),
    page("account_logout", "post", "", 302),
    page("account_inactive", "get", "", 200, stranger=200),
    page("account_signup", "get", "", SENT_ON, stranger=200),
    page("account_signup", "post", "", SENT_ON, stranger=200, username="mallory", password1="a long password"),
    page("account_reauthenticate", "get", "", 200),
    page("account_reauthenticate", "post", "", 200),
    page("account_change_password", "get", "", 200),
    page("account_change_password", "post", "", 200),
    page("account_set_password", "get", "", 302),
    page("account_reset_password", "get", "", 200, stranger=200),
    page("account_reset_password", "post", "", 200, stranger=200),
    page("account_reset_password_done", "get", "", 200, stranger=200),
    page("account_reset_password_from_key", "get", "1 nonsense", 200, stranger=200),
    page("account_reset_password_from_key_done", "get", "", 200, stranger=200),
    page("first-administrator", "get", "nonsense", 404, stranger=404),
    page("first-administrator", "post", "nonsense", 404, stranger=404, name="mallory"),
    # One's own account: everybody's own, whatever they may.
    page("account", "get", "", 200),
    page("account-warnings", "post", "", 302, told_from="nothing", told_rhythm="daily"),
    page("account-disconnect", "post", "", 302),
    page("calendar", "get", "", 200),
    page("calendar-make", "post", "", 200),
    page("calendar-revoke", "post", "", 302),
    page("api-calendar-feed", "get", "nonsense", 404, stranger=404),
    page("api-metrics", "get", "", 401, stranger=401),  # for programs, with a key
    page("session-end", "post", "1", 404),
    page("sessions-end-others", "post", "", 302),
    page("second-factor", "get", "", 200),
    page("mfa_index", "get", "", 302),
    page("mfa_authenticate", "get", "", SENT_ON),
    page("mfa_authenticate", "post", "", SENT_ON),
    page("mfa_reauthenticate", "get", "", 302),
    page("mfa_activate_totp", "get", "", 302),
    page("mfa_activate_totp", "post", "", 302),
    page("mfa_deactivate_totp", "post", "", 404),
    page("mfa_view_recovery_codes", "get", "", 404),
    page("mfa_generate_recovery_codes", "post", "", 302),
    page("mfa_list_webauthn", "get", "", 302),
    page("mfa_add_webauthn", "get", "", 302),
    page("mfa_add_webauthn", "post", "", 302),
    page("mfa_login_webauthn", "get", "", SENT_ON),
    page("mfa_login_webauthn", "post", "", SENT_ON),
    page("mfa_reauthenticate_webauthn", "get", "", 302),
    page("mfa_remove_webauthn", "post", "1", 302),
    page("mfa_edit_webauthn", "post", "1", 302),
    # No provider is set.
    page("openid_connect_login", "post", "sso", 404, stranger=404),
    page("openid_connect_callback", "get", "sso", 404, stranger=404),
    page("socialaccount_login_cancelled", "get", "", 200, stranger=200),
    page("socialaccount_connections", "get", "", 302),
    page("set_language", "post", "", 302, language="fr"),
    # For balancers.
    page("health-live", "get", "", 200, stranger=200),
    page("health-live", "post", "", 405, stranger=405),
    page("health-ready", "get", "", 200, stranger=200),
    page("health-ready", "post", "", 405, stranger=405),
    # What describes the API, and what is not there.
    page("api-schema", "get", "", 200, stranger=200),
    page("api-docs", "get", "", 200, stranger=200),
    page("api-redoc", "get", "", 200, stranger=200),
    page("api-index", "get", "", 200, stranger=200),
    page("api-nowhere", "get", "", 404, stranger=404),
]
