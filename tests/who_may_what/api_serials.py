"""Serial numbers, the doctor, Activation Locks, and what people make of the device list for themselves."""

from tests.who_may_what.row import operation

ALL = 200
SERIALS = [
    # A list is its owner's alone
    operation("get", "serial-lists/", ALL),
    operation("post", "serial-lists/", 201, text="QUINCEWO001"),
    operation("post", "serial-lists/upload/", 415),
    operation("get", "serial-lists/{own_list}/", ALL),
    operation("get", "serial-lists/{list}/", "200 404 404 404 404", 404, inside=404),
    operation("get", "serial-lists/{own_list}/rows/", ALL),
    operation("get", "serial-lists/{list}/rows/", "200 404 404 404 404", 404, inside=404),
    operation("get", "serial-lists/{own_list}/export/", ALL),
    operation("get", "serial-lists/{list}/export/", "200 404 404 404 404", 404, inside=404),
    operation("post", "serial-lists/{own_list}/assign/", "201 201 201 403 403", profile=None),
    operation("post", "serial-lists/{list}/assign/", "201 404 404 403 403", 404, inside=404, profile=None),
    operation("delete", "serial-lists/{own_list}/", 204),
    operation("delete", "serial-lists/{list}/", "204 404 404 404 404", 404, inside=404),
    operation("get", "doctor/?serial=QUINCEWO001", ALL),
    operation("get", "activation-locks/", "200 403 403 403 403"),
    operation("get", "activation-locks/{activation_lock}/", "200 403 403 403 403", 404),
    operation("post", "activation-locks/{activation_lock}/code/", "200 403 403 403 403", 404),
    operation("get", "device-views/", ALL),
    operation("post", "device-views/", 201, name="Failed", query="state=failed"),
    operation("get", "device-views/{own_view}/", ALL),
    operation("get", "device-views/{view}/", "200 404 404 404 404", 404, inside=404),
    operation("delete", "device-views/{own_view}/", 204),
    operation("delete", "device-views/{view}/", "204 404 404 404 404", 404, inside=404),
    operation("get", "device-columns/", ALL),
    operation("put", "device-columns/", ALL, columns=["model"]),
]
