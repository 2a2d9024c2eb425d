"""Assignment rules; to read them is to read profiles and devices, to try one is to make one."""

from typing import Any

from tests.who_may_what.row import operation

ALL = 200
IPADS = [[{"field": "family", "test": "is", "value": "iPad"}]]
SAID: dict[str, Any] = {"profile": "@profile", "conditions": IPADS}
RULES = [
    operation("get", "rule-conditions/", ALL),
    operation("get", "tokens/{token}/rules/", ALL, 404),
    operation("post", "tokens/{token}/rules/", "201 201 201 403 403", 404, name="iPads", **SAID),
    operation("post", "tokens/{token}/rules/preview/", "200 200 200 403 403", 404, **SAID),
    operation("get", "tokens/{token}/rules/counts/", ALL, 404),
    operation("put", "tokens/{token}/rules/order/", "200 200 200 403 403", 404, order=["@rule"]),
    operation("get", "tokens/{token}/rules/brake/", ALL, 404),
    operation("put", "tokens/{token}/rules/brake/", "200 200 200 403 403", 404, brake=5),
    operation("post", "tokens/{token}/rules/apply/", "201 201 201 403 403", 404, about="decided"),
    operation("get", "rules/{rule}/", ALL, 404),
    operation("patch", "rules/{rule}/", "200 200 200 403 403", 404, name="Other"),
    operation("post", "rules/{rule}/preview/", "200 200 200 403 403", 404),
    operation("delete", "rules/{rule}/", "204 204 204 403 403", 404),
]
