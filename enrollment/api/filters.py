"""The filters of a list page, as the schema tells them."""

from datetime import date
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import override
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import ValidationError

_KINDS = {
    django_filters.ModelChoiceFilter: int,
    django_filters.BooleanFilter: bool,
    django_filters.DateFilter: date,
    django_filters.NumberFilter: int,
}


def parameters_of(filters: type[django_filters.FilterSet]) -> list[OpenApiParameter]:
    """One query parameter a filter."""
    with override("en"):
        return [_parameter(name, one) for name, one in filters.base_filters.items()]


def _parameter(name: str, one: Any) -> OpenApiParameter:
    kind = next((said for filtered, said in _KINDS.items() if isinstance(one, filtered)), str)
    choices = dict(one.extra.get("choices", ())) if isinstance(one, django_filters.ChoiceFilter) else {}
    words = [str(one.label), *(f"* `{value}` - {label}" for value, label in choices.items())]
    values = [str(value) for value in choices] or None
    return OpenApiParameter(name, kind, description="\n".join(words), enum=values)


def matching(filters: django_filters.FilterSet) -> QuerySet[Any]:
    """What they match; ValidationError for what cannot be understood."""
    if not filters.is_valid():
        raise ValidationError(filters.errors)
    return filters.qs
