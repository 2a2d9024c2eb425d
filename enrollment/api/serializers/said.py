"""What a program says in a body: its fields, and the objects it names."""

from collections.abc import Mapping
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.extensions import OpenApiSerializerExtension
from rest_framework import serializers


class Said(serializers.Serializer):
    """A body, field by field. One with a field that there is not is refused: a typo must not pass in silence."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping) and (unknown := [name for name in data if name not in self.fields]):
            raise serializers.ValidationError({name: [_("There is no such field.")] for name in unknown})
        return super().to_internal_value(data)


class OneOf(serializers.PrimaryKeyRelatedField):
    """An object by its id: one the person sees. `OneOf(Profile)`; a queryset does as well."""

    default_error_messages = {"does_not_exist": gettext_lazy("There is no such thing here.")}

    def __init__(self, whose: Any, **more: Any) -> None:
        rows = whose if isinstance(whose, models.QuerySet) else whose.objects.all()
        super().__init__(queryset=rows, pk_field=serializers.IntegerField(), **more)

    def get_queryset(self) -> Any:
        return super().get_queryset().visible_to(self.context["request"].user)


class SaidInTheSchema(OpenApiSerializerExtension):
    """The schema tells it, too."""

    target_class = Said
    match_subclasses = True

    def map_serializer(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        schema = auto_schema._map_serializer(self.target, direction, bypass_extensions=True)
        return {**schema, "additionalProperties": False}
