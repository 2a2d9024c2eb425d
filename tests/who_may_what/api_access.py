"""People, roles, scope tags and keys: read by who manages access or reads the audit log, changed by the former.

Roles and scope tags belong to the whole organisation: who is narrowed to a part of it changes none.
"""

from tests.who_may_what.row import operation

ALL = 200
READERS = "200 403 403 403 200"
MANAGERS = "200 403 403 403 403"
MAKERS = "201 403 403 403 403"
DELETERS = "204 403 403 403 403"
ROLE = {"name": "New", "permissions": ["read_device"]}
ACCESS = [
    operation("get", "me/", ALL),
    operation("patch", "me/", ALL, language="fr"),
    operation("get", "me/sessions/", ALL),
    operation("delete", "me/sessions/0/", 404),
    operation("post", "me/sessions/end-others/", ALL),
    operation("get", "me/calendar/", ALL),
    operation("post", "me/calendar/", 201),
    operation("delete", "me/calendar/", 204),
    operation("get", "sign-in-settings/", MANAGERS, 403, inside=403),
    operation("put", "sign-in-settings/", MANAGERS, 403, inside=403, requires_mfa=True),
    operation("get", "channels/", MANAGERS, 403, inside=403),
    operation("get", "channels/{channel}/", MANAGERS, 403, inside=403),
    operation("get", "channels/{channel}/deliveries/", MANAGERS, 403, inside=403),
    operation("post", "channels/", MAKERS, 403, inside=403, name="New", kind="mail", addresses=["a@b.example"]),
    operation("patch", "channels/{channel}/", MANAGERS, 403, inside=403, is_on=False),
    operation("delete", "channels/{channel}/", DELETERS, 403, inside=403),
    operation("post", "channels/{channel}/test/", MANAGERS, 403, inside=403),
    operation("post", "channels/{channel}/secret/", "409 403 403 403 403", 403, inside=403),
    operation("get", "people/", READERS),
    operation("get", "people/{member}/", READERS, 404),
    operation("get", "people/{their_member}/", READERS, inside=404),
    operation("get", "people/{manager}/", READERS, 404, inside=404),
    operation("post", "people/", MAKERS, username="new", scope_tags=["@own_tag"]),
    operation("post", "people/", MAKERS, "400 403 403 403 403", username="new", scope_tags=["@tag"]),
    operation("patch", "people/{member}/", MANAGERS, 404, first_name="Robin"),
    operation("patch", "people/{manager}/", MANAGERS, 404, inside=404, first_name="Robin"),
    operation("post", "people/{member}/deactivate/", MANAGERS, 404),
    operation("post", "people/{member}/activate/", MANAGERS, 404),
    operation("post", "people/{member}/invite/", MANAGERS, 404),
    operation("post", "people/{member}/end-sessions/", MANAGERS, 404),
    operation("post", "people/{member}/remove-factors/", MANAGERS, 404),
    operation("post", "people/{member}/revoke-calendar/", MANAGERS, 404),
    operation("get", "roles/", READERS),
    operation("get", "roles/{role}/", READERS),
    operation("post", "roles/", MAKERS, 403, inside=403, **ROLE),
    operation("put", "roles/{role}/", MANAGERS, 403, inside=403, **ROLE),
    operation("delete", "roles/{role}/", DELETERS, 403, inside=403),
    operation("get", "scope-tags/", READERS),
    operation("get", "scope-tags/{tag}/", READERS, 404),
    operation("get", "scope-tags/{own_tag}/", READERS),
    operation("post", "scope-tags/", MAKERS, 403, inside=403, name="New"),
    operation("put", "scope-tags/{tag}/", MANAGERS, 404, inside=403, name="New"),
    operation("delete", "scope-tags/{tag}/", "409 403 403 403 403", 404, inside=403),
    operation("get", "api-keys/", ALL),
    operation("get", "api-keys/{key}/", "200 404 404 404 404", 404),
    operation("get", "api-keys/{own_key}/", ALL),
    operation("post", "api-keys/", 201, name="Mine"),
    operation("post", "api-keys/", "201 400 400 400 400", 400, name="Theirs", person="@member"),
    operation("delete", "api-keys/{key}/", "204 404 404 404 404", 404),
    operation("delete", "api-keys/{own_key}/", 204),
]
