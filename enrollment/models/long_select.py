from typing import Any

from django.forms import Select
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

SELECTED = mark_safe(" selected")


class LongSelect(Select):
    """One of thousands: with a template for each option, as Django's own has, they take most of a second."""

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        chosen = self.format_value(value)
        options = ((key, SELECTED if str(key) in chosen else "", label) for key, label in self.choices)
        around = self.build_attrs(self.attrs, {**(attrs or {}), "name": name})
        inside = format_html_join("", '<option value="{}"{}>{}</option>', options)
        return format_html("<select{}>{}</select>", flatatt(around), inside)
