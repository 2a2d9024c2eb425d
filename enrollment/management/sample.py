"""Sample data for the demo, made by the same verbs a person uses, against the pretend Apple over HTTP."""

import re
import time
from collections.abc import Callable

import requests

from enrollment import tasks
from enrollment.actions.access.add_person import add_person
from enrollment.actions.licences.add_vpp_token import add_vpp_token
from enrollment.actions.licences.read_licences import read_licences
from enrollment.actions.profiles.assign_profile import assign_profile
from enrollment.actions.profiles.define_revision import define_revision
from enrollment.actions.profiles.save_profile import save_profile
from enrollment.actions.profiles.save_profile_draft import save_profile_draft
from enrollment.actions.profiles.set_default_profile import set_default_profile
from enrollment.actions.profiles.start_profile import start_profile
from enrollment.actions.tokens.connect_token import connect_token
from enrollment.actions.tokens.hand_out_certificate import hand_out_certificate
from enrollment.actions.tokens.open_token_file import open_token_file
from enrollment.actions.tokens.save_token_draft import save_token_draft
from enrollment.actions.tokens.start_token import start_token
from enrollment.actions.tokens.verify_token import verify_token
from enrollment.models import Device, Person, Profile, Role, Token, TokenDraft, VppToken
from enrollment.models.vpp_token import APPS_AND_BOOKS, content_address

PEOPLE = {
    "admin": ("administrator", "orchard-admin", "admin@orchard.example"),
    "helpdesk": ("helpdesk", "orchard-helpdesk", "helpdesk@orchard.example"),
}
TOKEN = "Orchard Foods"  # noqa: S105 - a name
UNASSIGNED = 40
LICENCES = "Orchard licences"
KIOSK, STAFF = "Kiosk iPad", "Staff iPhone"


def make_people() -> None:
    for name, (role, password, email) in PEOPLE.items():
        if not Person.objects.filter(username=name).exists():
            add_person(name, password=password, roles=[Role.objects.get(key=role)], by=None, email=email)


def make_sample(apple_url: str, *, seconds: float, give_up: Callable[[], bool]) -> None:
    """A connected token with its devices, two profiles, some devices assigned. Made once; cut off, it goes on."""
    admin = Person.objects.get(username="admin")
    token = Token.objects.filter(name=TOKEN).first() or _connect(apple_url, admin)
    _wait(token.devices.exists, seconds, give_up)
    # Of an earlier version, which did not keep where it was from.
    VppToken.objects.filter(name=LICENCES, apple_url=APPS_AND_BOOKS).update(apple_url=content_address(apple_url))
    licences = VppToken.objects.filter(name=LICENCES).first() or _licences(apple_url, admin)
    _profile(
        token,
        admin,
        KIOSK,
        "Ordering terminals in the shops",
        affinity="without",
        is_locked=True,
        is_shared_ipad=True,
        temporary_only=True,
        temporary_timeout="300",
        pairing="deny",
        apply_name_template=True,
        name_template="Till {{SERIAL}}",
    )
    _profile(
        token,
        admin,
        STAFF,
        "Telephones of the staff",
        affinity="with",
        method="modern",
        web_url="https://signin.orchard.example/ade",
        department="Orchard IT",
        department_phone="+33 1 70 18 99 00",
        support_email="help@orchard.example",
        install_company_portal=True,
        company_portal_vpp=licences.pk,
        is_locked=True,
    )
    _assign(token, admin)


def _wait(is_there: Callable[[], bool], seconds: float, give_up: Callable[[], bool]) -> None:
    deadline = time.monotonic() + seconds
    while not is_there() and time.monotonic() < deadline and not give_up():
        time.sleep(0.2)


def _connect(apple_url: str, admin: Person) -> Token:
    """Through the portal, as a person would."""
    TokenDraft.objects.filter(owner=admin, name=TOKEN).delete()  # of a start that was cut off
    draft = start_token(by=admin, name=TOKEN, apple_url=apple_url)
    save_token_draft(draft, by=admin, consents=True, apple_id="admin@orchard.example")
    certificate = hand_out_certificate(draft, by=admin)
    with requests.Session() as portal:
        page = portal.get(f"{apple_url}/portal", timeout=30).text
        server = re.findall(r"/portal/servers/[0-9A-F]{32}", page)[0]
        portal.post(f"{apple_url}{server}/certificate", files={"certificate": ("key.pem", certificate)}, timeout=30)
        file = portal.post(f"{apple_url}{server}/token", timeout=30).content
        portal.post(f"{apple_url}/portal/devices", data={"count": UNASSIGNED, "server": ""}, timeout=60)
    open_token_file(draft, file, "Pretend_MDM_Token_smime.p7m", by=admin)
    token = connect_token(draft, by=admin)
    verify_token(token, by=admin)
    for run in token.sync_runs.open():
        tasks.enqueue(tasks.run_sync, run.pk)
    return token


def _licences(apple_url: str, admin: Person) -> VppToken:
    """The content token of the portal, so that a profile can install the Company Portal; its licences are read."""
    file = requests.post(f"{apple_url}/portal/content-token", timeout=30).content
    token = add_vpp_token(file, name=LICENCES, scope_tags=[], by=admin, apple_url=apple_url)
    read_licences(token)
    return token


def _profile(token: Token, admin: Person, name: str, description: str, **settings: object) -> None:
    if Profile.objects.filter(token=token, name=name).exists():
        return
    draft = start_profile(token, by=admin)
    settings["enrollment_url"] = "https://mdm.orchard.example/ade"
    hidden = ["AppleID", "Biometric", "Diagnostics", "Passcode", "Payment", "ScreenTime", "Siri", "TermsOfAddress"]
    save_profile_draft(draft, name=name, description=description, hidden_panes=hidden, **settings)
    profile = save_profile(draft, by=admin)
    if profile.current:
        define_revision(profile.current, by=admin)


def _assign(token: Token, admin: Person) -> None:
    """Every second iPhone gets the staff profile; iPads that come from now on get the kiosk's."""
    token.refresh_from_db()
    if token.default_profile is not None:
        return
    phones = Device.objects.filter(token=token, family="iPhone").order_by("serial").values_list("pk", flat=True)
    staff = Profile.objects.get(token=token, name=STAFF)
    assign_profile(Device.objects.filter(pk__in=list(phones)[::2]), staff, by=admin)
    set_default_profile(token, Profile.objects.get(token=token, name=KIOSK), by=admin)
    tasks.enqueue(tasks.run_reconcile, token.pk)
