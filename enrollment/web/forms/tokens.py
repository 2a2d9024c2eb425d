from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from enrollment import limits
from enrollment.models import Person, ScopeTag, Token, TokenDraft
from enrollment.models.scope_choice import NoneOfTheirs, check_scope
from enrollment.web.forms.several import Several


def tags_for(person: Person) -> Any:
    """The scope tags a person may give: all of them, or the person's own."""
    return person.scope


class ConsentForm(forms.Form):
    """Step 1 (TOK-1)."""

    consents = forms.BooleanField(
        label=_("I agree"),
        required=True,
        error_messages={"required": _("Nothing can be sent to Apple before you agree.")},
        help_text=_("I allow this program to send user and device information to Apple."),
    )


class FileForm(forms.Form):
    """Step 2 (TOK-5)."""

    name = forms.CharField(
        label=_("Token name"), max_length=100, required=False, help_text=_("Free to choose; only people here see it.")
    )
    apple_id = forms.EmailField(
        label=_("Apple ID"),
        max_length=250,
        required=False,
        help_text=_("Of the person who downloads the token in the portal; kept for the renewal."),
    )
    file = forms.FileField(
        label=_("Apple token"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".p7m"}),
        help_text=_("The file the portal gave; its name ends in .p7m."),
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        for field in self.fields.values():
            # Needed in the end, though this step can be left without: the draft survives.
            field.is_marked = True

    def clean_name(self) -> str:
        name = self.cleaned_data["name"].strip()
        if name and Token.objects.filter(name=name).exists():
            raise forms.ValidationError(_("Another token has this name already."))
        return name

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file and file.size > limits.TOKEN_FILE_BYTES:
            raise forms.ValidationError(_("This file is too large for a server token (at most 64 KB)."))
        return file


class ScopeForm(forms.Form):
    """Step 3."""

    scope_tags = Several(
        queryset=ScopeTag.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label=_("Scope tags"),
        help_text=_("People who carry a scope tag see only tokens that carry one of theirs."),
    )

    def __init__(self, *args: Any, person: Person, **more: Any) -> None:
        super().__init__(*args, **more)
        self._person = person
        self.fields["scope_tags"].queryset = tags_for(person)

    def clean_scope_tags(self) -> Any:
        tags = self.cleaned_data["scope_tags"]
        try:
            check_scope(self._person, tags)
        except NoneOfTheirs as error:
            raise forms.ValidationError(gettext(error.sentence)) from None
        return tags


class EditForm(ScopeForm):
    """The token's name and scope tags."""

    name = forms.CharField(label=_("Token name"), max_length=100)
    field_order = ["name", "scope_tags"]

    def clean_name(self) -> str:
        return str(self.cleaned_data["name"]).strip()


def initial_of(draft: TokenDraft) -> dict[str, Any]:
    """What the forms show of a draft."""
    return {
        "consents": draft.consented_at is not None,
        "name": draft.name,
        "apple_id": draft.apple_id,
        "scope_tags": draft.scope_tags.all(),
    }
