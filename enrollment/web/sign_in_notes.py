"""What allauth tells about people and their accounts, handed on to the audit log."""

from typing import Any

from allauth.account import signals as account
from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa import signals as mfa
from allauth.mfa.models import Authenticator
from allauth.socialaccount import signals as provider
from allauth.socialaccount.models import SocialAccount, SocialLogin
from django.contrib.auth.signals import user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest

from enrollment.actions.access.end_sessions import end_sessions
from enrollment.actions.access.note_failed_sign_in import note_failed_sign_in
from enrollment.actions.access.note_sign_in import note_sign_in
from enrollment.models import Person
from enrollment.web.second_factors import PROOFS, other_sessions


@receiver(account.user_logged_in)
def signed_in(request: HttpRequest, user: Person, **_signal: Any) -> None:
    ways = [record.get("type") or record.get("method") for record in get_authentication_records(request, user)]
    note_sign_in("signed_in", user, ways=list(dict.fromkeys(ways)))


@receiver(user_logged_out)
def signed_out(user: Person | None, **_signal: Any) -> None:
    if user is not None:
        note_sign_in("signed_out", user)


@receiver([account.password_changed, account.password_set])
def password_changed(user: Person, **_signal: Any) -> None:
    note_sign_in("password_changed", user)


@receiver(account.password_reset)
def password_reset(user: Person, **_signal: Any) -> None:
    note_sign_in("password_reset", user)


@receiver(mfa.authenticator_added)
def factor_added(request: HttpRequest, user: Person, authenticator: Authenticator, **_signal: Any) -> None:
    note_sign_in("factor_added", user, factor=authenticator.type, name=_name(authenticator))
    factors = Authenticator.objects.filter(user=user, type__in=PROOFS)
    if not factors.exclude(pk=authenticator.pk).exists():
        # What is open elsewhere was opened by the password alone, perhaps by somebody else who knows it.
        end_sessions(user, by=user, sessions=other_sessions(request))


@receiver(mfa.authenticator_removed)
def factor_removed(user: Person, authenticator: Authenticator, **_signal: Any) -> None:
    note_sign_in("factor_removed", user, factor=authenticator.type, name=_name(authenticator))


@receiver(mfa.authenticator_reset)
def codes_made(user: Person, **_signal: Any) -> None:
    note_sign_in("recovery_codes_made", user)


@receiver(mfa.authenticator_used)
def code_used(user: Person, authenticator: Authenticator, **_signal: Any) -> None:
    if authenticator.type == Authenticator.Type.RECOVERY_CODES:
        authenticator.refresh_from_db()  # the one handed here is from before it was used
        note_sign_in("recovery_code_used", user, left=len(authenticator.wrap().get_unused_codes()))


@receiver(mfa.authentication_failed)
def factor_failed(user: Person, **_signal: Any) -> None:
    note_failed_sign_in(user.username, with_factor=True)


@receiver(provider.social_account_added)
def provider_connected(sociallogin: SocialLogin, **_signal: Any) -> None:
    note_sign_in("provider_connected", sociallogin.user, provider=sociallogin.account.provider)


@receiver(provider.social_account_removed)
def provider_disconnected(socialaccount: SocialAccount, **_signal: Any) -> None:
    note_sign_in("provider_disconnected", socialaccount.user, provider=socialaccount.provider)


def _name(authenticator: Authenticator) -> str:
    return str(authenticator.wrap().name) if authenticator.type == Authenticator.Type.WEBAUTHN else ""
