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
    page("account_email", "get", "", 200),
    page("account_email", "post", "", 302),
    page("account_email_verification_sent", "get", "", 200, stranger=200),
    page("account_confirm_email", "get", "nonsense", 200, stranger=200),
    page("account_change_password", "get", "", 200),
    page("account_change_password", "post", "", 200),
    page("account_set_password", "get", "", 302),
    page("account_reset_password", "get", "", 200, stranger=200),
    page("account_reset_password", "post", "", 200, stranger=200),
    page("account_reset_password_done", "get", "", 200, stranger=200),
    page("account_reset_password_from_key", "get", "1 nonsense", 200, stranger=200),
    page("account_reset_password_from_key_done", "get", "", 200, stranger=200),
    page("account_confirm_login_code", "get", "", 302),
    page("set_language", "post", "", 302, language="fr"),
    # What describes the API, and what is not there.
    page("api-schema", "get", "", 200, stranger=200),
    page("api-docs", "get", "", 200, stranger=200),
    page("api-redoc", "get", "", 200, stranger=200),
    page("api-nowhere", "get", "", 404, stranger=404),
]
