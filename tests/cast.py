"""Factories: functions that make one believable thing each."""

import base64
import functools
import hashlib
import itertools
import secrets
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from django.test import Client
from django.utils import timezone

from enrollment.actions.tokens.open_token_file import server_mark
from enrollment.apple.token_file import Credentials
from enrollment.encryption import encrypt
from enrollment.messengers.webhook import new_secret
from enrollment.models import (
    AssignmentRule,
    Channel,
    ChannelKind,
    Device,
    Licences,
    Person,
    Profile,
    ProfileRevision,
    Role,
    SyncKind,
    SyncRun,
    SyncTrigger,
    Token,
    VppToken,
)
from enrollment.models.licence_stock import COMPANY_PORTAL
from enrollment.models.profile_payload import payload
from enrollment.models.profile_settings import default_settings

_numbers = itertools.count(1)


def a_person(name: str, role: str) -> Person:
    person = Person.objects.create_user(username=name, email=f"{name}@orchard.example", password="a long password")
    person.roles.add(Role.objects.get(key=role))
    return person


def a_browser_of(person: Person) -> Client:
    browser = Client()
    browser.force_login(person)
    return browser


def credentials(**changes: Any) -> Credentials:
    n = next(_numbers)
    values = {
        "consumer_key": f"CK_{n:096x}",
        "consumer_secret": f"CS_{n:040x}",
        "access_token": f"AT_O{n}O{n:040x}O1790000000000",
        "access_secret": f"AS_{n:040x}",
        "expires_at": timezone.now() + timedelta(days=300),
    }
    return Credentials(**{**values, **changes})


def a_token(*, held: Credentials | None = None, **changes: Any) -> Token:
    """A verified token that talks to nobody unless `apple_url` says so."""
    held = held or credentials()
    values = {
        "name": f"Token {next(_numbers)}",
        "apple_id": "admin@orchard.example",
        "apple_url": "http://127.0.0.1:9",
        "sealed_credentials": encrypt(held.to_json().encode()),
        "server_mark": secrets.token_hex(32),  # several processes make tokens in one database
        "consumer_key_end": held.consumer_key[-4:],
        "expires_at": held.expires_at,
        "verified_at": timezone.now(),
    }
    return Token.objects.create(**{**values, **changes})


def a_synced_token(at: Any, **changes: Any) -> Token:
    """A token whose last sync, a full one, was done at that time."""
    known = {
        "cursor": "c1",
        "cursor_at": at,
        "synced_at": at,
        "full_synced_at": at,
        "next_sync_at": at + timedelta(hours=12),
        "expires_at": at + timedelta(days=200),
    }
    return a_token(**{**known, **changes})


def a_token_at(apple: Any, server: Any, **changes: Any) -> Token:
    """A token for a server of the pretend Apple."""
    held = Credentials.from_json(server.credentials_json())
    return a_token(held=held, apple_url=apple.url, server_mark=server_mark(apple.url, held), **changes)


def a_device(token: Token, **changes: Any) -> Device:
    n = next(_numbers)
    values = {
        "serial": f"C02{n:09d}",
        "model": "iPad Air (M2)",
        "description": "IPAD AIR 11 WI-FI 128GB BLUE",
        "color": "BLUE",
        "family": "iPad",
        "os": "iPadOS",
        "assigned_at": timezone.now(),
    }
    return Device.objects.create(token=token, **{**values, **changes})


def a_profile(token: Token, *, apple_uuid: str | None = None, name: str | None = None, **settings: Any) -> Profile:
    """A profile with one revision. With `apple_uuid` Apple is said to have it already."""
    name = name or f"Profile {next(_numbers)}"
    said = {
        **default_settings(new=True),
        "affinity": "without",
        "enrollment_url": "https://mdm.orchard.example/ade",
        **settings,
    }
    profile = Profile.objects.create(token=token, name=name)
    profile.current = ProfileRevision.objects.create(
        profile=profile,
        number=1,
        settings=said,
        payload=payload(said, profile_name=name, org_magic="7d5f8b1e-0000-4000-8000-000000000000"),
        apple_uuid=apple_uuid or "",
        defined_at=timezone.now() if apple_uuid else None,
    )
    profile.save()
    return profile


def a_rule(profile: Profile, *groups: list[tuple[str, str, str]], **changes: Any) -> AssignmentRule:
    """A rule of the profile's token, in its last place: groups of (field, test, value), any of which holds."""
    n = next(_numbers)
    said = [[{"field": field, "test": test, "value": value} for field, test, value in group] for group in groups]
    values = {"name": f"Rule {n}", "position": n, "conditions": said, **changes}
    return AssignmentRule.objects.create(token=profile.token, profile=profile, **values)


def a_vpp_token(*, days: int = 200, **changes: Any) -> VppToken:
    """One that talks to nobody unless `apple_url` says so, and whose licences wait to be read."""
    n = next(_numbers)
    values = {
        "name": f"Licences {n}",
        "org_name": "Orchard Ltd",
        "expires_at": timezone.now() + timedelta(days=days),
        "sealed_token": encrypt(f"token {n}".encode()),
        "mark": f"{n:064x}",
        "apple_url": "http://127.0.0.1:9/mdm/v2/",
        "next_read_at": timezone.now() + timedelta(hours=1),
    }
    return VppToken.objects.create(**{**values, **changes})


def a_vpp_token_at(apple: Any, location: Any, **changes: Any) -> VppToken:
    """A VPP token for a location of the pretend Apple, due to be read."""
    text = location.download_token()
    values = {
        "sealed_token": encrypt(text),
        "mark": hashlib.sha256(text).hexdigest(),
        "apple_url": f"{apple.url}/mdm/v2/",
        "expires_at": location.tokens[-1].expires_at,
        "next_read_at": None,
    }
    return a_vpp_token(**{**values, **changes})


def some_licences(token: VppToken, *, free: int, total: int, adam_id: str = COMPANY_PORTAL, **changes: Any) -> Licences:
    """What was read of an app, of the Company Portal unless another one is named."""
    VppToken.objects.filter(pk=token.pk, read_at=None).update(read_at=timezone.now())
    counts = {"total": total, "available": free, "assigned": total - free}
    values = {"pricing_param": "STDQ", "product_type": "App", "name": f"App {adam_id}", **counts, **changes}
    return Licences.objects.create(vpp_token=token, adam_id=adam_id, **values)


def a_run(token: Token, kind: SyncKind = SyncKind.FULL, **changes: Any) -> SyncRun:
    return SyncRun.objects.create(**{"token": token, "kind": kind, "trigger": SyncTrigger.CLOCK, **changes})


def a_certificate(name: str = "Orchard Configurator", *, days: int = 365) -> x509.Certificate:
    """A self-made certificate as Apple Configurator would export one; the same for the same name."""
    return _certificate(name, days)


@functools.cache
def _certificate(name: str, days: int) -> x509.Certificate:
    key = ec.generate_private_key(ec.SECP256R1())
    called = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = timezone.now()
    return (
        x509.CertificateBuilder()
        .subject_name(called)
        .issuer_name(called)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=400))
        .not_valid_after(now + timedelta(days=days))
        .sign(key, hashes.SHA256())
    )


def a_stored_certificate(name: str = "Orchard Configurator", *, days: int = 365) -> str:
    """The same as the settings of a profile keep it."""
    return base64.b64encode(a_certificate(name, days=days).public_bytes(Encoding.DER)).decode()


def a_channel(kind: str = "webhook", **changes: Any) -> Channel:
    """A channel that is told everything from warnings on, at once."""
    n = next(_numbers)
    values: dict[str, Any] = {"name": f"Channel {n}", "kind": kind}
    if kind == ChannelKind.MAIL:
        values["addresses"] = [f"desk-{n}@orchard.example"]
    else:
        url = changes.pop("url", "https://hooks.orchard.example/services/T0/B0/a-path-that-is-a-secret")
        values |= {"sealed_url": encrypt(url.encode()), "host": urlsplit(url).hostname}
    if kind == ChannelKind.WEBHOOK:
        values |= {"sealed_secret": encrypt(new_secret().encode()), "secret_made_at": timezone.now()}
    return Channel.objects.create(**{**values, **changes})
