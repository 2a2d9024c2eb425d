from django.utils.translation import gettext as _
from rest_framework import serializers

from enrollment.models import SyncRun


class SyncRunSerializer(serializers.ModelSerializer):
    """A sync, begun or over."""

    trouble = serializers.SerializerMethodField()
    advice = serializers.SerializerMethodField()

    class Meta:
        model = SyncRun
        fields = [
            "id",
            "token",
            "kind",
            "trigger",
            "status",
            "asked_at",
            "started_at",
            "finished_at",
            "wait_until",
            "pages",
            "received",
            "added",
            "updated",
            "released",
            "unchanged",
            "trouble",
            "advice",
        ]

    def get_trouble(self, run: SyncRun) -> str:
        return _(run.trouble_sentence) % run.trouble_details if run.trouble_sentence else ""

    def get_advice(self, run: SyncRun) -> str:
        return _(run.trouble_advice) % run.trouble_details if run.trouble_advice else ""
