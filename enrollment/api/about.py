"""What the schema says of the API as a whole, and of each of its nouns."""

from typing import Any

WORDS = """
Whatever a page of Pomona can do, a program can do here, with the same rules and the same permissions.

**Signing in.** `Authorization: Bearer pomona_…`. Keys are made and revoked on the page *API keys* or at
`api-keys/`, and made by `manage.py make_api_key PERSON`. A key may and sees what its person may and sees; a role and
scope tags of its own make that less, never more. `me/` says what is left. What is outside the scope is *not found*.

**Lists** come in pages: follow `next` and `previous` until they are null; `page_size` says how long a page is. The
filters are those of the pages for people. `fields=id,name` leaves out everything else.

**Refusals** are problem documents (RFC 9457) in the language of `Accept-Language`, English or French: `detail` is a
sentence for people, `advice` says what can be done, `errors` what is wrong with which value. 400: something cannot be
taken. 403: your role does not allow it. 409: it cannot be done as things are. 502: Apple said no.

**Sent twice.** A POST with an `Idempotency-Key` that is sent again within a day does nothing again and is answered the
same.

**Changed meanwhile.** A profile has an `ETag`; sent back as `If-Match`, a change somebody else made is not lost: 412.

**Long work** is answered with 202 and the `Location` of a sync or an operation: ask there how far it has come.

**Rate.** `RateLimit` and `RateLimit-Policy` say how many requests are left; after too many, 429 and `Retry-After`.

**Names.** Objects are named by their `id`, times end in `_at` and are ISO 8601, what is so or is not is true or false,
and what there is not is null or, of texts, empty.

**Only in a browser**: choosing a password, setting up an authenticator app, passkeys and recovery codes, and connecting
an account of the sign-in provider, for each proves that a person is there; and the guidance, which is for reading.
""".strip()

TAGS = {
    "warnings": "What nobody should be surprised by: what stands, whom it was told, and snoozed with a reason.",
    "dashboard": "All of it at one glance.",
    "tokens": "Enrollment program tokens: each is an MDM server of Apple Business or School Manager.",
    "token-drafts": "Tokens on their way in: consent, certificate, file, connected.",
    "vpp-tokens": "Content tokens of Apps and Books, and how many licences are left.",
    "syncs": "What was read from Apple, when, and what it changed.",
    "profiles": "What devices set themselves up with, their revisions, and the linter.",
    "profile-drafts": "Profiles being written, step by step; for one request, `POST profiles/` does all of it.",
    "profile-settings": "All settings a profile can have, as data.",
    "setup-panes": "The screens of Setup Assistant, as data.",
    "foreign-profiles": "Profiles that other tools made, to be taken over.",
    "devices": "Serial numbers Apple says belong to the organisation: wanted and actual.",
    "operations": "Something done to many devices: previewed, confirmed, followed.",
    "activation-locks": "Locks that Apple was asked for, and the codes that open them.",
    "device-views": "Your saved device lists.",
    "device-columns": "The columns of your device list.",
    "serial-lists": "Many serial numbers looked up at once.",
    "doctor": "Why does this device not enroll?",
    "rules": "Which profile devices get when they appear.",
    "rule-conditions": "What the conditions of rules can be made of, as data.",
    "people": "People and services, what they may, and what they see.",
    "roles": "Named sets of permissions.",
    "scope-tags": "Parts of the organisation.",
    "api-keys": "What programs sign in with.",
    "channels": "Where warnings are told besides to people: mailboxes, webhooks, Slack, Microsoft Teams.",
    "sign-in-settings": "How everyone signs in.",
    "me": "Who you are to this installation, and where you are signed in.",
    "audit": "Who did what.",
}


def say_what_it_is(result: dict[str, Any], **_more: Any) -> dict[str, Any]:
    """A postprocessing hook of drf-spectacular."""
    result["info"]["description"] = WORDS
    result["tags"] = [{"name": name, "description": words} for name, words in TAGS.items()]
    return result
