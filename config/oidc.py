"""The OpenID Connect provider people may sign in with, read from the environment; none unless OIDC_URL is set."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

# Part of the callback address, and what accounts of the provider are stored under.
PROVIDER_ID = "sso"
THIS_MACHINE = ("localhost", "127.0.0.1", "::1")

Mapping = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class OpenIdProvider:
    """Who vouches for people, and what its claims make of them. Without `roles`, roles are given here."""

    url: str
    name: str
    client_id: str
    client_secret: str = field(repr=False)
    scopes: tuple[str, ...]
    username_claim: str
    roles_claim: str
    roles: Mapping
    scope_tags: Mapping
    makes_people: bool
    id: str = PROVIDER_ID


def openid_provider(env: environ.Env) -> OpenIdProvider | None:
    """The provider the environment names; ImproperlyConfigured when what it says is unsafe or not whole."""
    url = env.str("OIDC_URL", "").rstrip("/")
    if not url:
        return None
    parts = urlsplit(url)
    if parts.scheme != "https" and parts.hostname not in THIS_MACHINE:
        raise ImproperlyConfigured("OIDC_URL must begin with https://, or anybody in between could sign in as anyone.")
    client_id = env.str("OIDC_CLIENT_ID", "")
    if not client_id:
        raise ImproperlyConfigured("OIDC_URL is set, so OIDC_CLIENT_ID must be set too.")
    return OpenIdProvider(
        url=url,
        name=env.str("OIDC_NAME", parts.hostname or url),
        client_id=client_id,
        client_secret=env.str("OIDC_CLIENT_SECRET", ""),
        scopes=tuple(env.str("OIDC_SCOPES", "openid profile email").split()),
        username_claim=env.str("OIDC_USERNAME_CLAIM", "preferred_username"),
        roles_claim=env.str("OIDC_ROLES_CLAIM", "groups"),
        roles=mapping("OIDC_ROLES", env.str("OIDC_ROLES", "")),
        scope_tags=mapping("OIDC_SCOPE_TAGS", env.str("OIDC_SCOPE_TAGS", "")),
        makes_people=env.bool("OIDC_MAKES_PEOPLE", True),
    )


def mapping(name: str, text: str) -> Mapping:
    """Pairs from "group=what, group=what". With a semicolon between pairs, groups may have commas in their names."""
    pairs = []
    for part in text.split(";" if ";" in text else ","):
        group, equals, what = (piece.strip() for piece in part.rpartition("="))
        if equals and group and what:
            pairs.append((group, what))
        elif part.strip():
            raise ImproperlyConfigured(f"{name} is a list of group=name; “{part.strip()}” is not.")
    return tuple(pairs)


def for_allauth(provider: OpenIdProvider | None) -> dict[str, Any]:
    """The same in the words of django-allauth (SOCIALACCOUNT_PROVIDERS)."""
    if provider is None:
        return {}
    app = {
        "provider_id": PROVIDER_ID,
        "name": provider.name,
        "client_id": provider.client_id,
        "secret": provider.client_secret,
        "settings": {
            "server_url": provider.url,
            "scope": list(provider.scopes),
            "oauth_pkce_enabled": True,
            # An address the provider did not check never stands for a person here.
            "email_authentication": False,
            "verified_email": False,
        },
    }
    return {"openid_connect": {"APPS": [app]}}
