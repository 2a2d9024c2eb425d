from rest_framework import serializers

from enrollment.api.serializers.said import Said


class GroupGivesSerializer(serializers.Serializer):
    """What a group of the provider's gives here."""

    group = serializers.CharField()
    gives = serializers.CharField(help_text="The key of a role, or the name of a scope tag; `*` is to see everything.")


class SignInProviderSerializer(serializers.Serializer):
    """The OpenID Connect provider, as the environment of the installation names it; without its secret."""

    name = serializers.CharField()
    url = serializers.CharField()
    client_id = serializers.CharField()
    redirect_url = serializers.CharField(help_text="To be entered at the provider.")
    username_claim = serializers.CharField()
    groups_claim = serializers.CharField()
    makes_people = serializers.BooleanField(help_text="Unknown people get an account when a group gives them a role.")
    roles = GroupGivesSerializer(many=True, help_text="Without any, roles are given here.")
    scope_tags = GroupGivesSerializer(many=True)


class SignInSettingsSerializer(serializers.Serializer):
    """How everyone signs in."""

    requires_mfa = serializers.BooleanField(help_text="Who signs in with a password needs a second factor.")
    provider = SignInProviderSerializer(allow_null=True, help_text="null: people sign in with password or passkey.")


class SignInSaidSerializer(Said):
    """What of it can be changed; the provider is set in the environment."""

    requires_mfa = serializers.BooleanField()
