from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import Case, Count, Q, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from enrollment.models import assignment, device_groups
from enrollment.models.assignment import Answer, AssignmentState, Wish, WishedBy
from enrollment.models.distinct_values import containing
from enrollment.models.profile import Profile
from enrollment.models.token import Token

if TYPE_CHECKING:
    from enrollment.models.person import Person


class AppleProfileStatus(models.TextChoices):
    """Apple's words. Pushed means handed to the device by Apple, not enrolled."""

    EMPTY = "empty", _("Empty")
    ASSIGNED = "assigned", _("Assigned")
    PUSHED = "pushed", _("Pushed")
    REMOVED = "removed", _("Removed")


class DeviceQuerySet(models.QuerySet["Device"]):
    def visible_to(self, person: "Person") -> "DeviceQuerySet":
        return self if person.sees_everything else self.filter(token__in=Token.objects.visible_to(person))

    def present(self) -> "DeviceQuerySet":
        return self.filter(released_at=None)

    def without_profile(self) -> "DeviceQuerySet":
        return self.filter(assignment.is_without_profile())

    def with_state(self, now: datetime | None = None) -> "DeviceQuerySet":
        """Each device with `state_now`, its AssignmentState, to show, filter and count by."""
        return self.annotate(state_now=assignment.state_expression(now or timezone.now()))

    def counts_by(self, column: str) -> dict[Any, int]:
        """How many devices there are of each value of a column."""
        return dict(self.order_by().values_list(column).annotate(count=Count("*")))

    def in_state(
        self, state: AssignmentState, now: datetime | None = None, profile: Profile | None = None
    ) -> "DeviceQuerySet":
        """Those in the state; asked of the devices of one profile, naming it saves a look at all the others."""
        likely = device_groups.likely_in_state(self.model, state, profile)
        return self.filter(likely).with_state(now).filter(state_now=state)

    def counts_by_state(self, profile: Profile, now: datetime | None = None) -> dict[AssignmentState, int]:
        """How many of a profile are in each state: most are confirmed, so the others are counted, the rest is these."""
        now, devices = now or timezone.now(), self.filter(profile=profile)
        others = [state for state in AssignmentState if state != AssignmentState.CONFIRMED]
        counts = {state: devices.in_state(state, now, profile).count() for state in others}
        return {**counts, AssignmentState.CONFIRMED: max(0, devices.count() - sum(counts.values()))}

    def with_needs_wipe(self) -> "DeviceQuerySet":
        """Each device with `needs_wipe`: whether only an erase gives it the current revision (PB-2)."""
        return self.annotate(needs_wipe=Case(When(assignment.needs_wipe(), then=True), default=False))

    def with_lacks_profile(self, now: datetime | None = None) -> "DeviceQuerySet":
        """Each device with `lacks_profile`: whether it is here without one, and not just come; as warnings count it."""
        lacks_it = assignment.is_without_profile() & ~assignment.has_just_come(now or timezone.now())
        return self.annotate(lacks_profile=Case(When(lacks_it & Q(released_at=None), then=True), default=False))

    def needing_wipe(self, profile: Profile | None = None) -> "DeviceQuerySet":
        """As in_state: of one profile's devices, naming it saves a look at all the others."""
        return self.filter(device_groups.likely_to_need_a_wipe(self.model, profile)).filter(assignment.needs_wipe())

    def to_ask_for(self, now: datetime) -> "DeviceQuerySet":
        """The reconciler's work list: wanted, not had, and nothing to wait for."""
        drift = Q(state_now=AssignmentState.DRIFTED, asked_at__lte=now - assignment.DRIFT_REPAIRED_EVERY)
        return self.present().with_state(now).filter(Q(state_now=AssignmentState.WAITING) | drift)

    def to_read_back(self, now: datetime) -> "DeviceQuerySet":
        """Sent, and long enough ago to ask Apple whether it shows."""
        return self.present().in_state(AssignmentState.SENT, now).filter(next_try_at__lte=now)

    def search(self, words: str) -> "DeviceQuerySet":
        """Devices whose serial number, asset tag or description contains the words."""
        words = words.strip()
        if not words:
            return self
        described = containing(self.model, "description", words)
        return self.filter(Q(serial__icontains=words) | tagged(words) | described)

    def having(self, token: int, uuids: Collection[str]) -> "DeviceQuerySet":
        """Devices of a token to which Apple has assigned one of these profiles."""
        return self.filter(token=token, apple_profile_uuid__in=uuids, apple_profile_status__in=assignment.HAS_A_PROFILE)


def tagged(words: str) -> Q:
    """Holds for devices whose asset tag contains the words. Few have one, and only those are indexed."""
    return Q(asset_tag__gt="", asset_tag__icontains=words)


class Device(models.Model):
    """A serial number Apple says belongs to us: what Apple last said of it, and what is wanted of it."""

    # Found by the constraint below; an index of its own would only slow a sync down.
    token = models.ForeignKey(Token, models.CASCADE, related_name="devices", db_index=False)
    serial = models.CharField(max_length=32)

    # Actual: what Apple last said. A change of these columns changes actions/devices/store_page.py.
    model = models.CharField(max_length=100, blank=True)
    description = models.CharField(max_length=250, blank=True)
    color = models.CharField(max_length=50, blank=True)
    asset_tag = models.CharField(max_length=100, blank=True)
    family = models.CharField(max_length=20, blank=True)
    os = models.CharField(max_length=20, blank=True)
    assigned_by = models.CharField(max_length=250, blank=True)
    assigned_at = models.DateTimeField(null=True, blank=True)
    apple_profile_status = models.CharField(
        max_length=10, choices=AppleProfileStatus.choices, default=AppleProfileStatus.EMPTY
    )
    apple_profile_uuid = models.CharField(max_length=32, blank=True)
    profile_assigned_at = models.DateTimeField(null=True, blank=True)
    profile_pushed_at = models.DateTimeField(null=True, blank=True)
    migration_deadline = models.DateTimeField(null=True, blank=True)
    eid = models.CharField(max_length=50, blank=True)
    imei = models.JSONField(default=list, blank=True)
    meid = models.JSONField(default=list, blank=True)
    wifi_mac = models.CharField(max_length=30, blank=True)
    bluetooth_mac = models.CharField(max_length=30, blank=True)
    ethernet_mac = models.CharField(max_length=30, blank=True)
    is_replacement = models.BooleanField(default=False)
    # Asked for one device at a time, when it is read from Apple by itself (apple-protocols.md 3.6).
    replaces_serial = models.CharField(max_length=32, blank=True, db_default="")
    replaced_on = models.DateField(null=True, blank=True)
    released_by_replacement = models.BooleanField(default=False, db_default=False)
    # The newest operation applied: Apple may repeat older ones (SYNC-12).
    op_at = models.DateTimeField(null=True, blank=True)

    # The profile Apple handed it at its last activation. Apple forgets that as soon as another one is assigned.
    given_uuid = models.CharField(max_length=32, blank=True, db_default="")
    given_at = models.DateTimeField(null=True, blank=True)

    # Ours about its coming and going.
    appeared_at = models.DateTimeField(default=timezone.now, help_text="When it was first seen here, or came back.")
    released_at = models.DateTimeField(null=True, blank=True)

    # Wanted: decided by a person, a rule or the default profile. The database knows the defaults of what is not
    # Apple's, for a sync writes its pages past the ORM.
    wish = models.CharField(max_length=8, choices=Wish.choices, default=Wish.NOTHING_SAID, db_default=Wish.NOTHING_SAID)
    profile = models.ForeignKey(Profile, models.PROTECT, null=True, blank=True, related_name="devices", db_index=False)
    wished_because = models.CharField(max_length=8, choices=WishedBy.choices, blank=True, db_default="")
    wished_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    wished_at = models.DateTimeField(null=True, blank=True)

    # The conversation with Apple about it.
    asked_for = models.CharField(
        max_length=32, blank=True, db_default="", help_text='A profile\'s uuid at Apple, or "none".'
    )
    asked_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(
        max_length=15, choices=Answer.choices, blank=True, default=Answer.NONE, db_default=Answer.NONE
    )
    tries = models.PositiveSmallIntegerField(default=0, db_default=0)
    next_try_at = models.DateTimeField(null=True, blank=True, help_text="Of the next question, or of the read-back.")
    confirmed_at = models.DateTimeField(null=True, blank=True, help_text="When Apple showed what was asked for.")

    objects = DeviceQuerySet.as_manager()

    # Of those that with_state, with_needs_wipe and with_lacks_profile have looked at.
    state_now: str
    needs_wipe: bool
    lacks_profile: bool

    class Meta:
        ordering = ["serial"]
        # Each costs every change of a device: what it is for, tests/bench/plans.py shows.
        indexes = [
            models.Index(fields=["serial", "id"], name="devices_by_serial"),
            models.Index(fields=["model", "id"], name="devices_by_model"),
            models.Index(fields=["family"], name="devices_by_family"),
            models.Index(fields=["description"], name="devices_by_description"),
            models.Index(fields=["apple_profile_status", "token", "released_at"], name="devices_by_apple_status"),
            models.Index(
                fields=["profile", "apple_profile_uuid", "apple_profile_status"], name="devices_by_what_apple_has"
            ),
            models.Index(
                fields=["profile", "given_uuid", "given_at", "released_at"],
                condition=Q(given_at__isnull=False),
                name="devices_by_what_was_given",
            ),
            models.Index(
                fields=["apple_profile_status"], condition=Q(wish=Wish.NO_PROFILE), name="devices_to_be_cleared"
            ),
            models.Index(
                fields=["answer", "confirmed_at"], condition=Q(answer__gt=Answer.NONE), name="devices_by_answer"
            ),
            models.Index(
                fields=["wish", "token", "apple_profile_status", "appeared_at"],
                condition=Q(profile=None, released_at=None),
                name="devices_without_a_profile",
            ),
            models.Index(fields=["released_at"], condition=Q(released_at__isnull=False), name="released_devices"),
            models.Index(
                fields=["token", "next_try_at"], condition=Q(next_try_at__isnull=False), name="devices_to_try"
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["token", "serial"], name="device_once_per_token"),
            models.CheckConstraint(
                name="a_profile_is_named_exactly_when_wished",
                condition=Q(wish=Wish.PROFILE, profile__isnull=False) | (~Q(wish=Wish.PROFILE) & Q(profile=None)),
            ),
        ]

    def __str__(self) -> str:
        return self.serial
