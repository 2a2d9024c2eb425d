from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms
from django.core.cache import cache
from django.utils.translation import gettext_lazy as _

# A code is taken in its own half minute and the ones beside it: so long it is remembered as used.
CODE_LIVES = 120
# What the program that reads passkeys trips over when somebody sends it anything else.
NO_PASSKEY = (AttributeError, KeyError, IndexError, TypeError, ValueError)


class OnceOnly(forms.Form):
    """A code opens one door once, however long it would still be shown."""

    user: Any

    def clean_code(self) -> str:
        code = super().clean_code()
        if not cache.add(f"code-used:{self.user.pk}:{code.strip()}", True, CODE_LIVES):
            raise get_adapter().validation_error("incorrect_code")
        return code


class CodeForm(OnceOnly, AuthenticateForm):
    """The code of the app, or a recovery code, after the password."""


class CodeAgainForm(OnceOnly, ReauthenticateForm):
    """The same, to confirm that it is still them."""


class Careful(forms.Form):
    """What is sent as a passkey may be anything."""

    def clean_credential(self) -> Authenticator:
        try:
            return super().clean_credential()
        except forms.ValidationError:
            raise
        except NO_PASSKEY:
            raise get_adapter().validation_error("incorrect_code") from None


class PasskeyForm(Careful, AuthenticateWebAuthnForm):
    """A passkey after the password."""


class PasskeyAgainForm(Careful, ReauthenticateWebAuthnForm):
    """A passkey, to confirm that it is still them."""


class PasskeySignInForm(Careful, LoginWebAuthnForm):
    """A passkey instead of a password."""


class NewPasskeyForm(AddWebAuthnForm):
    """A passkey to be added."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"] = forms.CharField(
            label=_("Name"),
            max_length=60,
            required=False,
            initial=self.initial["name"],
            help_text=_("What you know it by: the telephone, the computer or the key it is kept on."),
        )
        alone = self.fields["passwordless"]
        alone.label = _("Sign in by this passkey alone")
        alone.initial = True
        alone.help_text = _(
            "It asks for your finger, your face or its PIN instead of a password. "
            "Turn it off for a security key that cannot: it is then asked for after the password."
        )

    def clean(self) -> dict[str, Any]:
        if "\\u0000" in self.data.get("credential", ""):
            raise get_adapter().validation_error("incorrect_code")  # PostgreSQL keeps no such thing
        try:
            return super().clean()
        except forms.ValidationError:
            raise
        except NO_PASSKEY:
            raise get_adapter().validation_error("incorrect_code") from None
