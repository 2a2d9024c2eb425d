"""Scope tags in bodies and answers: those the person sees, and no others (ROLE-3)."""

from collections.abc import Collection
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from enrollment.api.serializers.said import OneOf
from enrollment.models import ScopeTag
from enrollment.models.scope_choice import NoneOfTheirs, check_scope

MOST_TAGS = 100


class OneTag(OneOf):
    """A scope tag the person may give."""

    def __init__(self, **more: Any) -> None:
        super().__init__(ScopeTag, **more)

    def get_queryset(self) -> Any:
        return self.context["request"].user.scope


class TagsGiven(serializers.ListField):
    """Scope tags by their ids; somebody narrowed to some gives one of theirs."""

    child = OneTag()

    def __init__(self, **more: Any) -> None:
        super().__init__(**{"max_length": MOST_TAGS, "required": False, "help_text": "Ids of scope tags.", **more})

    def run_validation(self, data: Any = serializers.empty) -> Any:
        tags = super().run_validation(data)
        try:
            check_scope(self.context["request"].user, tags)
        except NoneOfTheirs as error:
            raise serializers.ValidationError([_(error.sentence)]) from None
        return tags


@extend_schema_field({"type": "array", "items": {"type": "integer"}})
class TagsSeen(serializers.Field):
    """The ids of the scope tags an object has, as far as the person sees them. Wants them prefetched."""

    def __init__(self, **more: Any) -> None:
        super().__init__(**{"read_only": True, "source": "scope_tags.all", **more})

    def to_representation(self, tags: Collection[ScopeTag]) -> list[int]:
        person = self.context["request"].user
        if not person.sees_everything and "scope" not in self.context:
            self.context["scope"] = set(person.scope.values_list("pk", flat=True))
        seen = self.context.get("scope")
        return [tag.pk for tag in tags if seen is None or tag.pk in seen]
