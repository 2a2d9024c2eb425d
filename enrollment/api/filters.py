"""The filters of a list page, as the schema tells them."""

from datetime import date

import django_filters
from drf_spectacular.utils import OpenApiParameter

_KINDS = {
    django_filters.ModelChoiceFilter: int,
    django_filters.BooleanFilter: bool,
    django_filters.DateFilter: date,
}


def parameters_of(filters: type[django_filters.FilterSet]) -> list[OpenApiParameter]:
    """One query parameter a filter."""
    return [
        OpenApiParameter(name, next((said for kind, said in _KINDS.items() if isinstance(one, kind)), str))
        for name, one in filters.base_filters.items()
    ]
