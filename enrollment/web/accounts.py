from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.internal.stagekit import clear_login
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from enrollment.actions.access.mail_password_link import mail_password_link
from enrollment.actions.access.note_failed_sign_in import note_failed_sign_in
from enrollment.models import Person


class OnlyPeople(AuthenticationBackend):
    """Services come with a key and never sign in; a session of somebody who became one is over."""

    def user_can_authenticate(self, user: Person | None) -> bool:
        return bool(user and user.may_sign_in)


class Accounts(DefaultAccountAdapter):
    """People are made by administrators, by the provider or by the first link; nobody signs up."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": _("The username or the password is wrong."),
        "too_many_login_attempts": _("Too many attempts failed. Wait five minutes, then try again."),
        "rate_limited": _("Too many attempts. Wait a minute, then try again."),
        "incorrect_code": _("This code is wrong, was used already, or is too old. Enter the one that is shown now."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_login(self, request: HttpRequest, user: Person, **told: Any) -> HttpResponse | None:
        """Whatever way they came: password, passkey or provider."""
        if not user.may_sign_in:
            clear_login(request)
            return self.respond_user_inactive(request, user)
        return super().pre_login(request, user, **told)

    def is_reauthentication_required(self, **about: Any) -> bool:
        """Before anything that opens the account by another way, or closes one."""
        return True

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        note_failed_sign_in(str(credentials.get("username", "")))

    def send_password_reset_mail(self, user: Person, email: str, context: dict[str, Any]) -> None:
        """Whoever signs in by the provider alone gets no password here: it would outlive their account there."""
        if user.may_sign_in and user.has_usable_password():
            mail_password_link(user, context["password_reset_url"], to=email, was_asked=True)

    def get_reset_password_from_key_url(self, key: str) -> str:
        """At our own address, whatever host the request was sent to: who follows the link opens their account by it."""
        return settings.BASE_URL + urlsplit(super().get_reset_password_from_key_url(key)).path

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("account")


def too_many(request: HttpRequest) -> HttpResponse:
    """What allauth answers when its limits of requests in a minute are used up."""
    answer = render(request, "429.html", status=429)
    answer.headers["Retry-After"] = "60"
    return answer
