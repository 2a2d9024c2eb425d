from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

from enrollment.models.profile import Profile
from enrollment.models.token import Token

if TYPE_CHECKING:
    from enrollment.models.person import Person


class RuleMode(models.TextChoices):
    """Whether what a rule decides is done."""

    ACTIVE = "active", _("Active")
    SHADOW = "shadow", _("Shadow")  # decides, and nothing is done
    OFF = "off", _("Off")


class RulesAbout(models.TextChoices):
    """About which devices the rules decide, by what was said about them before."""

    NEW = "new", _("Devices that appeared or came back")  # what a sync brings
    UNSAID = "unsaid", _("Only devices nothing was said about")
    DECIDED = "decided", _("Also those a rule or the default profile has decided about")
    ALL = "all", _("Also those a person has decided about")


# What people and programs ask for; what a sync brings, the rules decide about by themselves.
ASKED_ABOUT = (RulesAbout.UNSAID, RulesAbout.DECIDED, RulesAbout.ALL)


class AssignmentRuleQuerySet(models.QuerySet["AssignmentRule"]):
    def visible_to(self, person: "Person") -> "AssignmentRuleQuerySet":
        return self if person.sees_everything else self.filter(token__in=Token.objects.visible_to(person))


class AssignmentRule(models.Model):
    """Which devices of a token get a profile by themselves (DEV-6); of several that match the first wins."""

    token = models.ForeignKey(Token, models.CASCADE, related_name="rules")
    name = models.CharField(max_length=100)
    position = models.PositiveIntegerField()
    mode = models.CharField(max_length=6, choices=RuleMode.choices, default=RuleMode.ACTIVE)
    profile = models.ForeignKey(Profile, models.PROTECT, related_name="rules")
    # Groups, any of which must hold; each a list of conditions, all of which must: [[{"field", "test", "value"}, …], …]
    conditions = models.JSONField(default=list)
    made_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    objects = AssignmentRuleQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["token", "name"], name="rule_name_once_per_token")]

    def __str__(self) -> str:
        return self.name
