from typing import Any

import django_filters
from django.core.exceptions import ValidationError
from django.forms import ChoiceField, NullBooleanField, TextInput


class YesOrNoField(NullBooleanField):
    """Django's takes what it does not understand for no filter at all."""

    def to_python(self, value: Any) -> bool | None:
        said = super().to_python(value)
        if said is None and value not in (None, ""):
            raise ValidationError(ChoiceField.default_error_messages["invalid_choice"], params={"value": value})
        return said


class YesOrNo(django_filters.BooleanFilter):
    """A filter by what is so or is not; what is neither is refused."""

    field_class = YesOrNoField

    def __init__(self, **more: Any) -> None:
        # That of the library drops what is neither before the field sees it.
        super().__init__(**{"widget": TextInput, **more})
