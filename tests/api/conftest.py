"""Programs, each with a key of its own."""

import pytest

from enrollment.actions.access.make_api_key import make_api_key


@pytest.fixture
def program(client):
    """`program(alice)("get", "tokens/")`: what alice's program is answered."""

    def of(person):
        key = make_api_key(person, name="test", by=None)
        return lambda method, path, headers=None, **more: getattr(client, method)(
            f"/api/v1/{path}",
            headers={"Authorization": f"Bearer {key}", **(headers or {})},
            **{"content_type": "application/json", **more},
        )

    return of
