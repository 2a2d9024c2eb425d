from typing import TYPE_CHECKING

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from enrollment.models.channel import Rhythm
from enrollment.models.role import Permission, Role
from enrollment.models.scope_tag import ScopeTag
from enrollment.models.severity import Severity

if TYPE_CHECKING:
    from enrollment.models.api_key import ApiKey

NOTHING = "nothing"


class PersonManager(UserManager["Person"]):
    def who_may(self, permission: Permission) -> models.QuerySet["Person"]:
        """The active people one of whose roles allows it. Few people exist; their roles are read in Python."""
        keys = [role.pk for role in Role.objects.all() if permission in role.permissions]
        return self.filter(Q(is_superuser=True) | Q(roles__in=keys), is_active=True).distinct()

    def visible_to(self, person: "Person") -> models.QuerySet["Person"]:
        """Narrowed to scope tags, somebody sees people all of whose tags are theirs; who has none sees more."""
        if person.sees_everything:
            return self.all()
        tagged = Person.scope_tags.through.objects.all()
        outside = tagged.exclude(scopetag__in=person.scope_keys)
        return self.filter(pk__in=tagged.values("person_id")).exclude(pk__in=outside.values("person_id"))

    def with_keys_for(self, person: "Person") -> models.QuerySet["Person"]:
        """Whose keys somebody deals with: their own, and with Manage access those of the people they administer."""
        own = self.filter(pk=person.pk)
        return own | self.visible_to(person) if Permission.MANAGE_ACCESS in person.allowed else own


class Person(AbstractUser):
    """Somebody who signs in, or a service that comes with a key."""

    roles = models.ManyToManyField(Role, related_name="people", blank=True)
    scope_tags = models.ManyToManyField(ScopeTag, related_name="people", blank=True)
    is_service = models.BooleanField(default=False, help_text="A program: it comes with a key and never signs in.")
    language = models.CharField(max_length=8, blank=True)
    # WARN-3: from how bad on warnings are mailed to them; empty is what their role says, "nothing" is never.
    told_from = models.CharField(max_length=10, choices=[*Severity.choices, (NOTHING, _("Nothing"))], blank=True)
    told_rhythm = models.CharField(max_length=10, choices=Rhythm.choices, default=Rhythm.AT_ONCE)
    # Since when mails of warnings do not reach them, and why: a msgid, as in Channel.
    failing_since = models.DateTimeField(null=True, blank=True)
    trouble_sentence = models.TextField(blank=True)
    trouble_details = models.JSONField(default=dict, blank=True)
    device_columns = models.JSONField(default=list, blank=True, help_text="Of the device list; empty: the usual.")

    objects = PersonManager()

    # The key a program came with for this request; it allows and shows no more than its person, perhaps less (API-2).
    key: "ApiKey | None" = None

    def __str__(self) -> str:
        return self.get_full_name() or self.username

    @property
    def may_sign_in(self) -> bool:
        """Services come with a key, and a closed account does not come at all."""
        return self.is_active and not self.is_service

    @cached_property
    def allowed(self) -> frozenset[str]:
        """The permissions of all roles together, as far as the key has them too."""
        if self.is_superuser:
            allowed = frozenset(Permission.values)
        else:
            allowed = frozenset(permission for role in self.roles.all() for permission in role.permissions)
        return allowed & frozenset(self.key.role.permissions) if self.key and self.key.role else allowed

    @cached_property
    def sees_everything(self) -> bool:
        """Nobody has narrowed this person to a part of the organisation (ROLE-3)."""
        return not (self.is_narrowed or self.scope_tags.exists())

    @cached_property
    def is_narrowed(self) -> bool:
        """The key they came with is for a part of the organisation, whatever its person sees."""
        return bool(self.key and self.key.scope_tags.exists())

    @property
    def scope(self) -> models.QuerySet[ScopeTag]:
        """The scope tags that make an object visible; all there are for one who sees everything."""
        tags = ScopeTag.objects.all()
        if self.scope_tags.exists():
            tags = tags.filter(pk__in=self.scope_tags.values("pk"))
        if self.key and self.is_narrowed:
            tags = tags.filter(pk__in=self.key.scope_tags.values("pk"))
        return tags

    @cached_property
    def scope_keys(self) -> list[int]:
        """Of `scope`, asked for once: all that is narrowed to it is asked for by them, without questions within."""
        return list(self.scope.values_list("pk", flat=True))

    def made_by_them(self, maker: str) -> Q:
        """Rows whose column `maker` names them; by a narrowed key only what was made with that key."""
        mine = Q(**{maker: self})
        return mine & Q(key=self.key) if self.is_narrowed else mine
