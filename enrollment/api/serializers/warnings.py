from typing import Any

from django.conf import settings
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from enrollment.actions.warnings.find_warning import EndedWarning
from enrollment.actions.warnings.told_about import TellingState, told_about
from enrollment.actions.warnings.warning import StandingWarning
from enrollment.api.serializers.said import Said
from enrollment.models import Severity
from enrollment.models.alert import REASON_LENGTH


class WarningSerializer(serializers.Serializer):
    """Something that nobody should be surprised by, as it stands now; sentences in the language asked for."""

    key = serializers.CharField(help_text="What it is known by as long as it holds.")
    condition = serializers.CharField(source="condition.id", help_text="What kind it is, such as `token_expired`.")
    severity = serializers.ChoiceField(choices=Severity.choices)
    sentence = serializers.CharField()
    remedy = serializers.CharField(help_text="What to do.")
    since = serializers.DateTimeField()
    step = serializers.CharField(help_text="Each step is told once, such as `30` days before an expiry; or empty.")
    token = serializers.IntegerField(source="token.pk", default=None, allow_null=True)
    vpp_token = serializers.IntegerField(source="vpp_token.pk", default=None, allow_null=True)
    link = serializers.SerializerMethodField(help_text="The page where something is done about it.")
    is_snoozed = serializers.BooleanField()
    snoozed_until = serializers.DateTimeField(source="snooze.snoozed_until", default=None, allow_null=True)
    snoozed_by = serializers.CharField(source="snooze.snoozed_by.username", default="")
    snooze_reason = serializers.CharField(source="snooze.snooze_reason", default="")

    def get_link(self, warning: StandingWarning) -> str:
        return str(settings.BASE_URL + warning.link)


class TellingSerializer(serializers.Serializer):
    """One step of a warning, told or to be told to a person or a channel."""

    to = serializers.CharField(help_text="The name of the person or channel.")
    is_channel = serializers.BooleanField()
    step = serializers.CharField()
    state = serializers.ChoiceField(choices=TellingState.choices)
    at = serializers.DateTimeField(help_text="When it was sent or dropped, or is tried next.")
    dropped_because = serializers.CharField(help_text="In words; empty unless it was dropped.")
    trouble = serializers.CharField(help_text="What the last try failed with.")


class ToldSerializer(serializers.Serializer):
    """How often a warning was told, and to whom, as far as you may read who they are: the newest 100."""

    sent = serializers.IntegerField()
    waiting = serializers.IntegerField()
    dropped = serializers.IntegerField(help_text="Given up, or not worth telling any more.")
    tellings = TellingSerializer(many=True)


class WholeWarningSerializer(WarningSerializer):
    """A warning with whom it was told; or what is remembered of one that is over, which has no severity any more."""

    severity = serializers.ChoiceField(choices=Severity.choices, allow_null=True)
    ended_at = serializers.DateTimeField(default=None, allow_null=True, help_text="Null as long as it holds.")
    told = serializers.SerializerMethodField()

    @extend_schema_field(ToldSerializer)
    def get_told(self, warning: StandingWarning | EndedWarning) -> Any:
        return ToldSerializer(told_about(warning.alert, self.context["request"].user)).data


class SnoozeSerializer(Said):
    """Until when nobody is to be told, and why."""

    until = serializers.DateTimeField(help_text="Still to come, and at most a year from now.")
    reason = serializers.CharField(max_length=REASON_LENGTH, help_text="For whoever finds it snoozed.")
