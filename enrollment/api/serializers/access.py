from typing import Any

from django.contrib.auth.validators import UnicodeUsernameValidator
from rest_framework import serializers

from enrollment import limits
from enrollment.api.serializers.said import OneOf, Said
from enrollment.api.serializers.scope import MOST_TAGS, OneTag, TagsSeen
from enrollment.models import ApiKey, KeyStatus, Permission, Person, Role, ScopeTag
from enrollment.models.ways_in import ways_in

MOST_ROLES = 100
LONGEST_DAYS = 3_650
TAGS_HELP = "Ids of scope tags."


class OneRole(OneOf):
    """A role; all of them may be read."""

    def __init__(self, **more: Any) -> None:
        super().__init__(Role, **more)

    def get_queryset(self) -> Any:
        return Role.objects.all()


class OnePerson(OneOf):
    """Oneself, or with Manage access somebody one administers."""

    def __init__(self, **more: Any) -> None:
        super().__init__(Person, **more)

    def get_queryset(self) -> Any:
        return Person.objects.with_keys_for(self.context["request"].user)


def _roles(**more: Any) -> serializers.ListField:
    return serializers.ListField(child=OneRole(), max_length=MOST_ROLES, help_text="Ids of roles.", **more)


def _tags(**more: Any) -> serializers.ListField:
    return serializers.ListField(child=OneTag(), max_length=MOST_TAGS, help_text=TAGS_HELP, **more)


class RoleSerializer(serializers.ModelSerializer):
    """A named set of permissions."""

    name = serializers.CharField(source="__str__", read_only=True)
    permissions = serializers.ListField(child=serializers.ChoiceField(choices=Permission.choices), read_only=True)

    class Meta:
        model = Role
        fields = ["id", "key", "name", "is_built_in", "permissions"]
        read_only_fields = fields


class RoleSaidSerializer(Said):
    """A role of one's own."""

    name = serializers.CharField(max_length=100, help_text="Once per installation.")
    permissions = serializers.ListField(
        child=serializers.ChoiceField(choices=Permission.choices), max_length=len(Permission), allow_empty=False
    )


class ScopeTagSerializer(serializers.ModelSerializer):
    """A part of the organisation: people who carry it see the tokens that carry it."""

    class Meta:
        model = ScopeTag
        fields = ["id", "name", "description"]
        read_only_fields = fields


class ScopeTagSaidSerializer(Said):
    """A scope tag as a program says it."""

    name = serializers.CharField(max_length=100, help_text="Once per installation.")
    description = serializers.CharField(max_length=250, allow_blank=True, default="")


class PersonSerializer(serializers.ModelSerializer):
    """Somebody who signs in, or a service that comes with a key."""

    email = serializers.CharField(read_only=True, help_text="Of a service it is empty.")
    roles = serializers.PrimaryKeyRelatedField(many=True, read_only=True, pk_field=serializers.IntegerField())
    scope_tags = TagsSeen(help_text="Without any they see everything.")
    created_at = serializers.DateTimeField(source="date_joined", read_only=True)
    last_sign_in_at = serializers.DateTimeField(
        source="last_login", read_only=True, allow_null=True, help_text="With a browser; of a service null."
    )

    class Meta:
        model = Person
        fields = [
            "id",
            "username",
            "first_name",
            "last_name",
            "email",
            "language",
            "is_service",
            "is_active",
            "roles",
            "scope_tags",
            "created_at",
            "last_sign_in_at",
        ]
        read_only_fields = fields


class WholePersonSerializer(PersonSerializer):
    """The same, with how they sign in: nothing that would let anybody in."""

    has_password = serializers.BooleanField(source="ways_in.has_password", read_only=True)
    factor_count = serializers.IntegerField(
        source="ways_in.factors", read_only=True, help_text="Authenticator app and passkeys."
    )
    session_count = serializers.IntegerField(
        source="ways_in.sessions", read_only=True, help_text="How many browsers they are signed in with."
    )
    calendar_made_at = serializers.DateTimeField(
        source="ways_in.calendar.created_at",
        read_only=True,
        allow_null=True,
        help_text="When the address their calendar reads was made; null where there is none.",
    )
    calendar_read_at = serializers.DateTimeField(
        source="ways_in.calendar.last_read_at", read_only=True, allow_null=True, help_text="When it was last read."
    )

    class Meta(PersonSerializer.Meta):
        fields = [
            *PersonSerializer.Meta.fields,
            "has_password",
            "factor_count",
            "session_count",
            "calendar_made_at",
            "calendar_read_at",
        ]
        read_only_fields = fields

    def to_representation(self, person: Person) -> Any:
        person.ways_in = ways_in(person)
        return super().to_representation(person)


LANGUAGES = [("en", "English"), ("fr", "French")]


class PersonSaidSerializer(Said):
    """Somebody new. A person chooses their password by the link of `invite`; a service is given a key."""

    username = serializers.CharField(max_length=150, validators=[UnicodeUsernameValidator()])
    first_name = serializers.CharField(max_length=150, allow_blank=True, default="")
    last_name = serializers.CharField(max_length=150, allow_blank=True, default="")
    email = serializers.EmailField(max_length=254, allow_blank=True, default="")
    language = serializers.ChoiceField(choices=LANGUAGES, allow_blank=True, default="")
    is_service = serializers.BooleanField(default=False)
    roles = _roles(default=list)
    scope_tags = _tags(default=list)


class PersonChangedSerializer(Said):
    """What is to be changed of somebody; the rest stays."""

    username = serializers.CharField(max_length=150, validators=[UnicodeUsernameValidator()], required=False)
    first_name = serializers.CharField(max_length=150, allow_blank=True, required=False)
    last_name = serializers.CharField(max_length=150, allow_blank=True, required=False)
    email = serializers.EmailField(max_length=254, allow_blank=True, required=False)
    language = serializers.ChoiceField(choices=LANGUAGES, allow_blank=True, required=False)
    roles = _roles(required=False)
    scope_tags = _tags(required=False)


class InvitationSerializer(serializers.Serializer):
    """A link to choose a password: told this once."""

    link = serializers.URLField()
    days = serializers.IntegerField(help_text="How long it is good, for one use.")
    is_mailed = serializers.BooleanField()


class ApiKeySerializer(serializers.ModelSerializer):
    """An API key, without itself."""

    status = serializers.ChoiceField(choices=KeyStatus.choices, read_only=True)
    scope_tags = TagsSeen(help_text="Without any it sees what its person sees.")

    class Meta:
        model = ApiKey
        fields = [
            "id",
            "name",
            "beginning",
            "person",
            "role",
            "scope_tags",
            "status",
            "created_at",
            "expires_at",
            "last_used_at",
            "revoked_at",
        ]
        read_only_fields = fields


class ApiKeySaidSerializer(Said):
    """A key to be made; role and scope tags make it less than its person."""

    name = serializers.CharField(max_length=100, help_text="What it is for.")
    person = OnePerson(required=False, help_text="Whose it is; left out, your own.")
    role = OneRole(required=False, allow_null=True, help_text="Left out: all that its person may.")
    scope_tags = _tags(default=list)
    days = serializers.IntegerField(
        min_value=1,
        max_value=LONGEST_DAYS,
        allow_null=True,
        default=limits.API_KEY_DAYS,
        help_text="null: until it is revoked.",
    )


class ApiKeyMadeSerializer(ApiKeySerializer):
    """A new key: told this once."""

    key = serializers.CharField(read_only=True)

    class Meta(ApiKeySerializer.Meta):
        fields = ["key", *ApiKeySerializer.Meta.fields]
        read_only_fields = fields
