"""What somebody reads and says of themselves."""

from typing import Any

from allauth.usersessions.models import UserSession
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from enrollment.api.serializers.access import LANGUAGES, ApiKeySerializer, ScopeTagSerializer
from enrollment.api.serializers.said import Said
from enrollment.models import Permission, Person, Rhythm, Severity
from enrollment.models.person import NOTHING

TOLD_FROM = [*Severity.choices, (NOTHING, "Nothing")]


class MeSerializer(serializers.Serializer):
    """Who you are to this installation, with this key."""

    id = serializers.IntegerField()
    username = serializers.CharField()
    first_name = serializers.CharField()
    last_name = serializers.CharField()
    email = serializers.CharField()
    language = serializers.ChoiceField(choices=LANGUAGES, allow_blank=True, help_text="Of mails; empty: none chosen.")
    told_from = serializers.ChoiceField(
        choices=TOLD_FROM, allow_blank=True, help_text="From which severity on warnings are mailed; empty: warning."
    )
    told_rhythm = serializers.ChoiceField(choices=Rhythm.choices, help_text="How often they are.")
    is_service = serializers.BooleanField()
    permissions = serializers.SerializerMethodField(help_text="All that you may with this key.")
    sees_everything = serializers.BooleanField()
    scope_tags = serializers.SerializerMethodField(help_text="What narrows you, your key's included.")
    key = serializers.SerializerMethodField(help_text="The key you came with; null in a browser.")

    @extend_schema_field(serializers.ListField(child=serializers.ChoiceField(choices=Permission.choices)))
    def get_permissions(self, person: Person) -> list[str]:
        return [one.value for one in Permission if one in person.allowed]

    @extend_schema_field(ScopeTagSerializer(many=True))
    def get_scope_tags(self, person: Person) -> Any:
        return [] if person.sees_everything else ScopeTagSerializer(person.scope, many=True).data

    @extend_schema_field(ApiKeySerializer(allow_null=True))
    def get_key(self, person: Person) -> Any:
        return ApiKeySerializer(person.key, context=self.context).data if person.key else None


class MeChangedSerializer(Said):
    """What you choose for yourself; the rest stays."""

    language = serializers.ChoiceField(choices=LANGUAGES, required=False)
    told_from = serializers.ChoiceField(choices=TOLD_FROM, required=False)
    told_rhythm = serializers.ChoiceField(choices=Rhythm.choices, required=False)


class SessionSerializer(serializers.ModelSerializer):
    """A browser you are signed in with."""

    address = serializers.CharField(source="ip", read_only=True)
    is_this_one = serializers.SerializerMethodField(help_text="The one you ask from; with a key, none is.")

    class Meta:
        model = UserSession
        fields = ["id", "created_at", "address", "user_agent", "is_this_one"]
        read_only_fields = fields

    def get_is_this_one(self, session: UserSession) -> bool:
        return bool(session.session_key == self.context["request"].session.session_key)


class EndedSerializer(serializers.Serializer):
    """How many sessions were ended."""

    count = serializers.IntegerField()
