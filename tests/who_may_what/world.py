"""Two parts of one organisation, each with everything there is, and everybody who may visit.

What belongs to this part has OURS in its name: nobody from elsewhere may read it anywhere.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import time_machine
from django.test import Client
from django.utils import timezone

from enrollment import limits
from enrollment.actions.access.make_api_key import make_api_key
from enrollment.actions.access.save_device_view import save_device_view
from enrollment.actions.devices.start_operation import Choice, start_operation
from enrollment.actions.profiles.start_profile import start_profile
from enrollment.actions.serials.read_serials import read_serials
from enrollment.actions.tokens.start_token import start_token
from enrollment.actions.warnings.current_warnings import current_warnings
from enrollment.apple.bypass_code import new_bypass_code
from enrollment.encryption import encrypt
from enrollment.models import (
    ActivationLock,
    ApiKey,
    AuditEntry,
    Channel,
    ChannelKind,
    ForeignProfile,
    KeyPair,
    OperationKind,
    Person,
    Role,
    ScopeTag,
    Token,
)
from tests.cast import a_device, a_profile, a_rule, a_run, a_token, a_vpp_token
from tests.who_may_what.row import ROLES

OURS = "Quincewood"
THEIRS = "Medlarfield"


@dataclass
class Visitor:
    """Somebody with one role, who comes by browser or with a key; `own` are the things that are theirs alone."""

    person: Person
    browser: Client
    key: str
    own: dict[str, Any] = field(default_factory=dict)


@dataclass
class World:
    things: dict[str, Any]
    here: list[Visitor]
    elsewhere: list[Visitor]
    inside: Visitor


def a_world() -> World:
    """Everything the rows of the table speak of."""
    ours, theirs = (ScopeTag.objects.create(name=name) for name in (OURS, THEIRS))
    here = [_visitor(f"{OURS}-{role}", role) for role in ROLES]
    inside = _visitor(f"{OURS}-inside", "administrator", ours)
    elsewhere = [_visitor(f"{THEIRS}-{role}", role, theirs) for role in ROLES]
    things = _part(OURS, ours, here[0].person)
    others = _part(THEIRS, theirs, elsewhere[0].person)
    # What they chose from ours, before they were narrowed, does not tell them its name.
    settings = {
        **others["profile"].current.settings,
        "affinity": "with",
        "method": "company_portal",
        "company_portal_vpp": things["vpp_token"].pk,
    }
    type(others["profile"].current).objects.filter(pk=others["profile"].current.pk).update(settings=settings)
    for visitor in (*here, inside):
        _give(visitor, things["token"], ours)
    for visitor in elsewhere:
        _give(visitor, others["token"], theirs)
    things |= {f"their_{name}": thing for name, thing in others.items()}
    # Roles and channels belong to no part of the organisation.
    things["manager"] = here[0].person
    things["channel"] = Channel.objects.create(
        name=f"{OURS} desk", kind=ChannelKind.MAIL, addresses=[f"desk@{OURS.lower()}.example"]
    )
    things["role"] = Role.objects.create(key="front-desk", name="Front desk", permissions=["read_device"])
    return World(things, here, elsewhere, inside)


def _visitor(name: str, role: str, *tags: ScopeTag) -> Visitor:
    person = Person.objects.create(username=name, email=f"{name}@orchard.example".lower())
    person.roles.add(Role.objects.get(key=role))
    person.scope_tags.set(tags)
    browser = Client()
    browser.force_login(person)
    visitor = Visitor(person, browser, make_api_key(person, name=f"{name} key", by=None))
    # A key tells once a minute that it is used: for this hour, nothing is written by that.
    ApiKey.objects.filter(person=person).update(last_used_at=timezone.now() + timedelta(hours=1))
    return visitor


def _part(name: str, tag: ScopeTag, maker: Person) -> dict[str, Any]:
    """One of everything, made by an administrator of this part of the organisation."""
    soon = timezone.now() + timedelta(days=40)  # of which its warning tells
    token = a_token(name=f"{name} token", org_name=f"{name} Ltd", expires_at=soon)
    vpp_token = a_vpp_token(name=f"{name} licences")
    token.scope_tags.add(tag)
    vpp_token.scope_tags.add(tag)
    KeyPair.objects.create(token=token, certificate_pem="x", sealed_private_key=b"x", fingerprint="AA")
    profile = a_profile(token, apple_uuid=name[0] * 32, name=f"{name} profile")
    device = a_device(token, serial=f"{name[:8]}001".upper(), description=f"{name} iPad")
    _use_up_refreshes(token)
    member = Person.objects.create(username=f"{name}-member", email=f"{name}-member@orchard.example".lower())
    member.scope_tags.add(tag)
    make_api_key(member, name=f"{name} program", by=None)
    return {
        "token": token,
        "vpp_token": vpp_token,
        "profile": profile,
        "new_profile": a_profile(token, name=f"{name} new profile"),  # Apple has not been told yet
        "device": device,
        "rule": a_rule(profile, [("family", "is", "iPad")], name=f"{name} rule"),
        "run": a_run(token),
        "activation_lock": ActivationLock.objects.create(
            token=token, serial=device.serial, sealed_bypass_code=encrypt(new_bypass_code())
        ),
        "operation": start_operation(OperationKind.ASSIGN, [Choice(token.devices.all(), profile)], by=maker),
        "foreign": ForeignProfile.objects.create(token=token, apple_uuid="F" * 32, payload={"profile_name": name}),
        "entry": AuditEntry.record("token.edited", token, by=maker, name=f"{name} token"),
        "tag": tag,
        "member": member,
        "key": ApiKey.objects.get(person=member),
        "draft": start_token(by=maker, name=f"{name} begun"),
        "list": read_serials(device.serial, name=f"{name} delivery", by=maker),
        "view": save_device_view(maker, f"{name} view", "state=failed"),
        "profile_draft": start_profile(token, by=maker),
        "warning": _warning_about(token),
    }


def _warning_about(token: Token) -> Any:
    """One that stands; it has a key like rows have."""
    keys = [one.key for one in current_warnings(None) if one.token == token and one.condition.id == "token_expiring"]
    return SimpleNamespace(pk=keys[0])


def _use_up_refreshes(token: Token) -> None:
    """Apple has been asked about its devices as often as it may be: nobody answers for Apple here."""
    with time_machine.travel(timezone.now() + timedelta(hours=1)):
        for _number in range(limits.REFRESHES_PER_MINUTE[1]):
            AuditEntry.record("device.refreshed", token, by=None)


def _give(visitor: Visitor, token: Token, tag: ScopeTag) -> None:
    """What nobody else sees."""
    name, person = visitor.person.username, visitor.person
    visitor.own = {
        "own_draft": start_token(by=person, name=f"{name} begun"),
        "own_list": read_serials(token.devices.get().serial, name=f"{name} delivery", by=person),
        "own_view": save_device_view(person, f"{name} view", "state=failed"),
        "own_profile_draft": start_profile(token, by=person),
        "own_key": person.api_keys.get(),
        "own_token": token,
        "own_tag": tag,
        "me": person,
    }
