from typing import Any

from django import forms

from enrollment.models.typed_key import typed_key


class Several(forms.ModelMultipleChoiceField):
    """Some of the rows offered. What no row can have as its key is no choice; SQLite would not even look."""

    def clean(self, value: Any) -> Any:
        for one in value if isinstance(value, list | tuple) else ():
            if not typed_key(str(one)):
                raise forms.ValidationError(
                    self.error_messages["invalid_choice"], code="invalid_choice", params={"value": one}
                )
        return super().clean(value)
