"""The forms of people, roles, scope tags and keys. Who may give what is judged by the verbs, once."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from enrollment import limits
from enrollment.actions.access.what_may_be_given import AccessRefused, roles_to_give
from enrollment.models import Permission, Person, Role
from enrollment.models.permission_words import SUMMARIES
from enrollment.web.forms.several import Several

KEY_DAYS = {
    "30": gettext_lazy("30 days"),
    "90": gettext_lazy("90 days"),
    str(limits.API_KEY_DAYS): gettext_lazy("one year"),
    "": gettext_lazy("never"),
}


class Boxes(forms.CheckboxSelectMultiple):
    """Some of several, each with a sentence of its own."""

    def __init__(self, helps: Mapping[str, Any]) -> None:
        super().__init__()
        self.helps = helps

    def create_option(self, name: str, value: Any, *args: Any, **more: Any) -> dict[str, Any]:
        return {**super().create_option(name, value, *args, **more), "help": self.helps.get(str(value), "")}


class AccessForm(forms.Form):
    """A form whose verb may refuse."""

    def show(self, refused: AccessRefused) -> None:
        """Its sentence at the field it is about, or above all of them."""
        field = refused.field if refused.field in self.fields else None
        self.add_error(field, _(refused.sentence) % refused.details)


def _tags(of: Person, label: Any, help_text: Any) -> Several:
    return Several(
        queryset=of.scope, required=False, widget=forms.CheckboxSelectMultiple, label=label, help_text=help_text
    )


class PersonForm(AccessForm):
    """Somebody, new or known; of a service only what a program has."""

    username = forms.CharField(
        label=gettext_lazy("Username"),
        max_length=150,
        validators=[UnicodeUsernameValidator()],
        widget=forms.TextInput(attrs={"autocapitalize": "none", "autocomplete": "off", "spellcheck": "false"}),
        help_text=gettext_lazy("What they sign in with. Letters, digits, and @ . + - _"),
    )
    first_name = forms.CharField(label=gettext_lazy("First name"), max_length=150, required=False)
    last_name = forms.CharField(label=gettext_lazy("Last name"), max_length=150, required=False)
    email = forms.EmailField(
        label=gettext_lazy("E-mail"),
        required=False,
        help_text=gettext_lazy("For invitations, lost passwords and warnings."),
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language"),
        required=False,
        choices=[("", gettext_lazy("As their browser says")), *settings.LANGUAGES],
        help_text=gettext_lazy("Of the mails they get."),
    )
    _OF_PEOPLE = ("first_name", "last_name", "email", "language")

    def __init__(self, *args: Any, by: Person, is_service: bool, **more: Any) -> None:
        super().__init__(*args, **more)
        if is_service:
            for name in self._OF_PEOPLE:
                del self.fields[name]
            self.fields["username"].label = _("Name")
            self.fields["username"].help_text = _("What the program is called. Letters, digits, and @ . + - _")
        roles = roles_to_give(by)
        helps = {str(role.pk): SUMMARIES.get(role.key, "") for role in roles if role.is_built_in}
        self.fields["roles"] = Several(
            queryset=Role.objects.filter(pk__in=[role.pk for role in roles]),
            required=False,
            widget=Boxes(helps),
            label=_("Roles"),
            help_text=_("They may what all their roles together allow; without a role, nothing."),
        )
        told = _("They see only tokens, profiles and devices that carry one of these; without any they see everything.")
        self.fields["scope_tags"] = _tags(by, _("Scope tags"), told)


class RoleForm(AccessForm):
    """A role of one's own."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=100)
    permissions = forms.MultipleChoiceField(
        choices=Permission.choices, required=False, label=gettext_lazy("Permissions")
    )


class ScopeTagForm(AccessForm):
    """A part of the organisation."""

    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=100, help_text=gettext_lazy("Of a site, a school, a subsidiary …")
    )
    description = forms.CharField(label=gettext_lazy("Description"), max_length=250, required=False)


class ApiKeyForm(AccessForm):
    """A key of a person's; what is left empty is as with the person."""

    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=100, help_text=gettext_lazy("What it is for, to know it again.")
    )
    days = forms.ChoiceField(
        label=gettext_lazy("Expires"),
        required=False,
        choices=KEY_DAYS.items(),
        initial=str(limits.API_KEY_DAYS),
        help_text=gettext_lazy("A key that never expires is forgotten some day, and then found by somebody else."),
    )
    role = forms.ModelChoiceField(
        queryset=Role.objects.all(),
        required=False,
        label=gettext_lazy("Role"),
        empty_label=gettext_lazy("All that its person may"),
        help_text=gettext_lazy("A role makes the key less than its person, never more."),
    )

    def __init__(self, *args: Any, person: Person, **more: Any) -> None:
        super().__init__(*args, **more)
        told = _("Of what its person sees, the key sees only what carries one of these; without any, all of it.")
        self.fields["scope_tags"] = _tags(person, _("Scope tags"), told)


class FilterForm(forms.Form):
    """The search of a list, and which of its rows."""

    q = forms.CharField(required=False)
    show = forms.ChoiceField(required=False, label=gettext_lazy("Show"))

    def __init__(self, data: Any, shows: Mapping[str, Any]) -> None:
        super().__init__(data)
        self.fields["show"].choices = shows.items()

    @property
    def words(self) -> str:
        return self.cleaned_data.get("q", "").strip() if self.is_valid() else ""

    @property
    def shown(self) -> str:
        return self.cleaned_data.get("show", "") if self.is_valid() else ""
