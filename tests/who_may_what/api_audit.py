"""The audit log: for administrators and auditors, each of their own part of the organisation."""

from tests.who_may_what.row import operation

READERS = "200 403 403 403 200"
AUDIT = [
    operation("get", "audit/", READERS),
    operation("get", "audit/{entry}/", READERS, 404),
    operation("get", "audit/{their_entry}/", READERS, inside=404),
    operation("get", "audit/export/", READERS),
    operation("get", "audit/lines/", READERS),
    operation("get", "audit/head/", READERS, 404, inside=404),
]
