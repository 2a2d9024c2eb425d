"""Programs, each with a key of its own."""

import pytest
from django.core.cache import cache

from enrollment.actions.access.make_api_key import make_api_key
from enrollment.models import ApiKey, Role, ScopeTag


@pytest.fixture(autouse=True)
def _nobody_has_asked_before():
    """The rate limits count in the cache, which outlives a test."""
    cache.clear()


@pytest.fixture
def program(client):
    """`program(alice)("get", "tokens/")`: what alice's program is answered. `role` and `tags` narrow its key."""

    def of(person, *, role=None, tags=()):
        key = make_api_key(person, name="test", by=None)
        made = ApiKey.objects.get(beginning=key[:12])
        made.role = Role.objects.get(key=role) if role else None
        made.save()
        made.scope_tags.set(ScopeTag.objects.filter(name__in=tags))
        return lambda method, path, headers=None, **more: getattr(client, method)(
            f"/api/v1/{path}",
            headers={"Authorization": f"Bearer {key}", **(headers or {})},
            **{"content_type": "application/json", **more},
        )

    return of
