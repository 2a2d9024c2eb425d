"""Setup Assistant as data: which screens a user meets, for a family and a major version."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request

from enrollment.api.asked import asked
from enrollment.api.serializers.profiles import PreviewSerializer
from enrollment.apple.setup_panes import MAJORS
from enrollment.models import Platform, Token
from enrollment.models.setup_preview import FAMILIES, screens

VERSIONS = sorted(MAJORS[Platform.IOS], reverse=True)


class PreviewAskedSerializer(serializers.Serializer):
    """For which device."""

    family = serializers.ChoiceField(
        choices=FAMILIES, required=False, help_text="Left out: iPad for a Shared iPad, else iPhone."
    )
    version = serializers.ChoiceField(choices=VERSIONS, default=VERSIONS[0], help_text="The major version.")


def preview(request: Request, settings: Mapping[str, Any], token: Token, platform: str) -> dict[str, Any]:
    """What the query asks for, in the language of the request."""
    words = asked(PreviewAskedSerializer, request)
    family = words.get("family") or ("iPad" if settings["is_shared_ipad"] else FAMILIES[0])
    organisation = token.org_name or _("Your organisation")
    found = {
        "family": family,
        "version": words["version"],
        "is_refused": bool(settings["is_shared_ipad"]) and family != "iPad",
        "screens": screens(
            settings, family=family, major=words["version"], organisation=organisation, platform=platform
        ),
    }
    answer: dict[str, Any] = PreviewSerializer(found).data
    return answer
