"""WARN-1 to WARN-3: a year in the life of three tokens, played by the clock against the pretend Apple.

A real mail server and a real receiver take what leaves. POST is the whole post of that year: what is
not in it must not arrive, and nothing arrives twice.
"""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from config.celery import app
from enrollment import tasks
from enrollment.actions.channels.save_channel import ChannelSaid, save_channel
from enrollment.actions.licences.add_vpp_token import add_vpp_token
from enrollment.actions.licences.renew_vpp_token import renew_vpp_token
from enrollment.actions.tokens.make_key_pair import make_key_pair
from enrollment.actions.tokens.renew_token import renew_token
from enrollment.actions.warnings.current_warnings import current_warnings
from enrollment.actions.warnings.snooze_warning import snooze_warning
from enrollment.models import ChannelKind, Delivery, Person, Rhythm, ScopeTag, Severity, Token
from enrollment.simulator.location import COMPANY_PORTAL, Licences
from tests.cast import a_person, a_profile, a_token_at
from tests.typeset import typeset

pytestmark = pytest.mark.django_db(transaction=True)

FIRST_DAY = datetime(2026, 1, 5, 6, 0, tzinfo=UTC)  # a Monday
DAY = timedelta(days=1)
ROUND = timedelta(hours=23, minutes=50)  # of the clock: it finds in the rows what is due, however seldom it looks


# Day, mailbox or path, and what it says: mails and chats their subject, the webhook condition, step and name.
POST = [
    (21, "alice", "Unhealthy: Apple's new terms must be accepted for “Head office” (and 2 more)"),
    (21, "/hook", "terms_not_signed - Head office, terms_not_signed - School, terms_not_signed - Shops"),
    (21, "/slack", "Unhealthy: Apple's new terms must be accepted for “Head office” (and 2 more)"),
    (22, "shops", "Unhealthy: Apple's new terms must be accepted for “Shops”"),
    (40, "alice", "Warning: The token “Shops” expires in 59 days"),
    (40, "/hook", "token_expiring 60 Shops"),
    (41, "shops", "Warning: The token “Shops” expires in 58 days"),
    (70, "alice", "Warning: The token “Shops” expires in 29 days"),
    (70, "/hook", "token_expiring 30 Shops"),
    (71, "shops", "Warning: The token “Shops” expires in 28 days"),
    (121, "alice", "Warning: “Lyon” has 8 of 500 licences of “Company Portal” left"),
    (121, "/hook", "licences_low - Lyon"),
    (126, "alice", "Unhealthy: No licence of “Company Portal” is left in “Lyon”: enrollment is blocked"),
    (126, "/hook", "licences_gone blocks Lyon"),
    (126, "/slack", "Unhealthy: No licence of “Company Portal” is left in “Lyon”: enrollment is blocked"),
    (140, "alice", "Warning: The token “School” expires in 59 days"),
    (140, "/hook", "token_expiring 60 School"),
    (175, "alice", "Warning: The token “School” expires in 24 days"),
    (175, "/hook", "token_expiring 30 School"),
    (182, "fleur", typeset("Avertissement : Le jeton « School » expire dans 17 jours")),
    (186, "alice", "Warning: The token “School” expires in 13 days"),
    (186, "/hook", "token_expiring 14 School"),
    (189, "fleur", typeset("Avertissement : Le jeton « School » expire dans 10 jours")),
    (193, "alice", "Unhealthy: The token “School” expires in 6 days"),
    (193, "/hook", "token_expiring 7 School"),
    (193, "/slack", "Unhealthy: The token “School” expires in 6 days"),
    (196, "fleur", typeset("Non sain : Le jeton « School » expire dans 3 jours")),
    (199, "alice", "Unhealthy: The token “School” expires within a day"),
    (199, "/hook", "token_expiring 1 School"),
    (199, "/slack", "Unhealthy: The token “School” expires within a day"),
    (200, "alice", "Unhealthy: The token “School” has expired"),
    (200, "alice", "Warning: Messages do not reach the channel “Chat” (and 1 more)"),
    (201, "/hook", "channel_failing - Chat"),
    (201, "/slack", "Unhealthy: The token “School” has expired"),
    (201, "/hook", "token_expired - School"),
    (203, "fleur", typeset("Non sain : Le jeton « School » a expiré")),
    (205, "alice", "Warning: The VPP token “Lyon” expires in 59 days"),
    (205, "/hook", "vpp_token_expiring 60 Lyon"),
    (235, "alice", "Warning: The VPP token “Lyon” expires in 29 days"),
    (235, "/hook", "vpp_token_expiring 30 Lyon"),
    (251, "alice", "Warning: The VPP token “Lyon” expires in 13 days"),
    (251, "/hook", "vpp_token_expiring 14 Lyon"),
    (258, "alice", "Unhealthy: The VPP token “Lyon” expires in 6 days"),
    (258, "/hook", "vpp_token_expiring 7 Lyon"),
    (258, "/slack", "Unhealthy: The VPP token “Lyon” expires in 6 days"),
    (301, "alice", "Warning: “Head office” has not been synced for 2 days (and 6 more)"),
    (
        301,
        "/hook",
        "licences_unread - Lyon, no_sync 1 Head office, no_sync 1 School, no_sync 1 Shops, "
        "token_unreachable - Head office, token_unreachable - School, token_unreachable - Shops",
    ),
    (302, "shops", "Warning: “Shops” has not been synced for 2 days (and 1 more)"),
    (303, "alice", "Unhealthy: “Head office” has not been synced for 3 days (and 2 more)"),
    (303, "/hook", "no_sync 3 Head office, no_sync 3 School, no_sync 3 Shops"),
    (303, "/slack", "Unhealthy: “Head office” has not been synced for 3 days (and 2 more)"),
    (303, "shops", "Unhealthy: “Shops” has not been synced for 3 days"),
    (305, "alice", "Warning: The token “Head office” expires in 59 days"),
    (305, "/hook", "token_expiring 60 Head office"),
    (335, "alice", "Warning: The token “Head office” expires in 29 days"),
    (335, "/hook", "token_expiring 30 Head office"),
]


def day(number: float) -> datetime:
    return FIRST_DAY + number * DAY


@pytest.fixture
def clock():
    with time_machine.travel(day(0), tick=False) as traveller:
        yield traveller


@pytest.fixture
def messages(monkeypatch):
    """What is handed to the broker, which is the network here."""
    sent = []
    monkeypatch.setattr(app.amqp, "send_task_message", lambda _p, name, message, **_m: sent.append((name, message)))
    return sent


class Year:
    """The clock's rounds until a day, and what has arrived by then."""

    def __init__(self, clock, messages, mailbox, receiver):
        self.clock, self.messages, self.mailbox, self.receiver = clock, messages, mailbox, receiver
        self.post, self.taken, self.refused = [], [], Counter()
        self.seen_mails = self.seen_requests = 0

    def until(self, number: float) -> None:
        while timezone.now() < day(number):
            self.clock.move_to(min(timezone.now() + ROUND, self.next_post(), day(number)))
            self.minute()

    def minute(self) -> None:
        tasks.every_minute()
        while self.messages:
            name, message = self.messages.pop(0)
            app.tasks[name](*message.body[0])
        self.collect()

    def next_post(self) -> datetime:
        due = Delivery.objects.waiting().filter(due_at__gt=timezone.now()).order_by("due_at").first()
        return due.due_at if due else day(10_000)

    def collect(self) -> None:
        """Each message with its day, whom it went to, and what it is about; what was refused only counts."""
        now = (timezone.now() - FIRST_DAY) // DAY
        for mail in self.mailbox.mails[self.seen_mails :]:
            self.post.append((now, mail["X-Envelope-To"].split("@")[0], mail["Subject"].strip()))
        for request in self.receiver.requests[self.seen_requests :]:
            if self.receiver.ok[0] == 200:
                self.post.append((now, request.path, told(request)))
                self.taken += filter(None, [request.headers.get("webhook-id")])
            else:
                self.refused[request.path] += 1
        self.seen_mails, self.seen_requests = len(self.mailbox.mails), len(self.receiver.requests)


def told(request) -> str:
    """What a webhook's message is about, in codes; what a chat's says, in words."""
    if request.path != "/hook":
        return request.json["text"]
    warnings = request.json["data"]["warnings"]
    return ", ".join(sorted(f"{one['condition']} {one['step'] or '-'} {one['about']['name']}" for one in warnings))


@pytest.fixture
def year(clock, messages, mailbox, receiver):
    return Year(clock, messages, mailbox, receiver)


def connected(apple, world, clock, name: str, bought: float, *tags: ScopeTag) -> Token:
    """A token downloaded on that day."""
    clock.move_to(day(bought))
    server = world.add_server(name)
    server.issue_token()
    token = a_token_at(apple, server, name=name)
    token.scope_tags.set(tags)
    server.upload_certificate(make_key_pair(token, by=None).certificate_pem.encode())
    return token


def renewed(world, token: Token) -> None:
    server = next(one for one in world.servers if one.name == token.name)
    tags = list(token.scope_tags.all())
    renew_token(token, server.download_token(), apple_id=token.apple_id, scope_tags=tags, by=None)


class Story:
    """What happens in that year; each line of POST follows from it."""

    def __init__(self, apple, world, clock, receiver):
        self.world, self.receiver = world, receiver
        self.tags = {name: ScopeTag.objects.create(name=name) for name in ("Shops", "School")}
        self.shops = connected(apple, world, clock, "Shops", -265, self.tags["Shops"])  # it ends on day 100
        self.school = connected(apple, world, clock, "School", -165, self.tags["School"])  # on day 200
        self.head_office = connected(apple, world, clock, "Head office", 0)  # on day 365
        self.location = world.add_location("Lyon", licences=[Licences(COMPANY_PORTAL, "Company Portal", 500, 100)])
        clock.move_to(day(-100))
        file = self.location.download_token()  # it ends on day 265
        self.lyon = add_vpp_token(file, name="Lyon", scope_tags=[], by=None, apple_url=apple.url)
        self.alice = self.told()

    def told(self):
        """Alice, Fleur once a week of her school in French, Bob of nothing; a program, a chat, and a mailbox."""
        portal = {"affinity": "with", "method": "company_portal", "company_portal_vpp": self.lyon.pk}
        a_profile(self.head_office, name="Staff", **portal)
        alice, fleur = a_person("alice", "administrator"), a_person("fleur", "enrollment_manager")
        a_person("bob", "helpdesk")
        fleur.scope_tags.add(self.tags["School"])
        Person.objects.filter(pk=fleur.pk).update(language="fr", told_rhythm=Rhythm.WEEKLY)
        hook = {"kind": ChannelKind.WEBHOOK, "url": f"{self.receiver.url}/hook"}
        chat = {"kind": ChannelKind.SLACK, "url": f"{self.receiver.url}/slack", "least_severity": Severity.UNHEALTHY}
        box = {"kind": ChannelKind.MAIL, "addresses": ["shops@orchard.example"], "rhythm": Rhythm.DAILY}
        for said in (
            ChannelSaid(name="Operations centre", **hook),
            ChannelSaid(name="Chat", **chat),
            ChannelSaid(name="Shops", scope_tags=[self.tags["Shops"]], **box),
        ):
            save_channel(None, said, by=alice)
        return alice

    def days(self):
        """On which day what is done, in order."""
        world, licences = self.world, self.location
        return [
            (20, world.withdraw_terms),
            (23, world.accept_terms),
            (72, lambda: renewed(world, self.shops)),
            (120, lambda: licences.leave_free(COMPANY_PORTAL, 8)),
            (125, lambda: licences.leave_free(COMPANY_PORTAL, 0)),
            (130, lambda: licences.buy(COMPANY_PORTAL, 400)),
            (141, self.snooze_school),
            (199.4, lambda: self.receivers_are((500, {}, b"Out of order"))),
            (201, lambda: self.receivers_are((200, {}, b"ok"))),
            (210, lambda: renewed(world, self.school)),
            (262, lambda: renew_vpp_token(self.lyon, licences.download_token(), by=None)),
            (300, lambda: world.faults.add("hang_up")),
            (304, world.faults.clear),
            (340, lambda: renewed(world, self.head_office)),
            (366, lambda: None),
        ]

    def snooze_school(self):
        warning = next(one for one in current_warnings(self.alice) if one.condition.id == "token_expiring")
        snooze_warning(warning.key, until=day(175), reason="The order is on its way", by=self.alice)

    def receivers_are(self, answer):
        self.receiver.ok = answer


def test_a_year_in_the_life_of_three_tokens(apple, world, year, clock, receiver, mailbox):
    story = Story(apple, world, clock, receiver)
    clock.move_to(day(0))
    year.minute()
    for number, happens in story.days():
        year.until(number)
        happens()
    assert year.post == POST
    assert len(set(year.taken)) == len(year.taken)
    assert len({mail["Message-ID"] for mail in mailbox.mails}) == len(mailbox.mails)
    assert min(year.refused["/hook"], year.refused["/slack"]) > 5, "what was refused was tried again"
    assert not Delivery.objects.waiting().exists()
