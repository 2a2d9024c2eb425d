from rest_framework import serializers

from enrollment.models import AuditEntry, AuditHead
from enrollment.models.audit_actions import action_in_words


class AuditEntrySerializer(serializers.ModelSerializer):
    """Who did what to which object, and what was before and after."""

    what = serializers.SerializerMethodField(help_text="The action as a sentence.")
    person = serializers.IntegerField(
        source="person_id", allow_null=True, help_text="Empty is the clock or an operator."
    )
    token = serializers.IntegerField(source="token_id", allow_null=True)
    before = serializers.DictField(help_text="Values by name; empty where there was nothing before.")
    after = serializers.DictField(help_text="Values by name, and what was told besides.")

    class Meta:
        model = AuditEntry
        fields = [
            "id",
            "number",
            "at",
            "person",
            "who",
            "key_name",
            "origin",
            "action",
            "what",
            "object_type",
            "object_id",
            "object_name",
            "token",
            "before",
            "after",
            "result",
            "chain_hash",
        ]
        extra_kwargs = {
            "number": {"help_text": "Its place in the chain; empty until it is sealed, which takes a minute."},
            "object_id": {"help_text": "May be of an object that is not here any more."},
        }

    def get_what(self, entry: AuditEntry) -> str:
        return action_in_words(entry.action)


class AuditHeadSerializer(serializers.ModelSerializer):
    """The two ends of the chain."""

    noted = serializers.SerializerMethodField(help_text="As `verify_audit --head` takes it.")

    class Meta:
        model = AuditHead
        fields = ["number", "chain_hash", "purged_number", "noted"]

    def get_noted(self, head: AuditHead) -> str:
        return str(head)
