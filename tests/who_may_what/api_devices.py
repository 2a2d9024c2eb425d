"""Devices, and what is done to many of them at once."""

from tests.who_may_what.row import operation

ALL = 200
DEVICES = [
    operation("get", "devices/", ALL),
    operation("get", "devices/{device}/", ALL, 404),
    operation("get", "devices/{their_device}/", ALL, ALL, inside=404),
    operation("get", "devices/count/", ALL),
    operation("get", "devices/models/", ALL),
    operation("get", "devices/export/", ALL),
    operation("get", "devices/{device}/timeline/", ALL, 404),
    operation("get", "devices/{device}/rule/", ALL, 404),
    # Helpdesk refreshes one device (ROLE-2); this token's have been refreshed as often as they may be.
    operation("post", "devices/{device}/refresh/", 429, 404),
    operation("delete", "devices/{device}/?serial=QUINCEWO001", "204 204 403 403 403", 404),
    operation("get", "operations/", ALL),
    operation("post", "operations/", "201 201 201 403 403", 400, kind="assign", ids=["@device"], profile="@profile"),
    operation("post", "operations/", "201 201 201 403 403", 400, kind="unassign", ids=["@device"]),
    operation("post", "operations/", "201 201 403 403 403", 400, kind="delete", serials=["QUINCEWO001"]),
    operation("post", "operations/", "201 403 403 403 403", 400, kind="disown", filter={"token": "@token"}),
    operation("post", "operations/", "201 403 403 403 403", 400, kind="lock", ids=["@device"]),
    operation("get", "operations/{operation}/", ALL, 404),
    operation("get", "operations/{operation}/devices/", ALL, 404),
    operation("get", "operations/{operation}/export/", ALL, 404),
    operation("post", "operations/{operation}/confirm/", "202 202 202 403 403", 404),
    operation("post", "operations/{operation}/retry/", "409 409 409 403 403", 404),
    operation("delete", "operations/{operation}/", "204 204 204 403 403", 404),
]
