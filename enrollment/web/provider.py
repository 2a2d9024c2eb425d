"""Signing in with an OpenID Connect provider: what its claims say, and who comes in."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import requests
import structlog
from allauth.account.decorators import reauthentication_required
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp, SocialLogin
from allauth.socialaccount.providers.base import AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Client, OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db import DataError
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from config.oidc import PROVIDER_ID
from enrollment.actions.access.admit_from_provider import SUPERUSER, NotAdmitted, Vouched, admit_from_provider

log = structlog.get_logger(__name__)

# What a provider that is away, or answers something else than OpenID Connect, makes of a visit to it.
NO_ANSWER = (requests.RequestException, OAuth2Error, DataError, KeyError, TypeError, ValueError)


class Provider(DefaultSocialAccountAdapter):
    """Whom the provider vouches for comes in by what its claims say; nobody signs up by a form."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        sociallogin.token = None  # nothing is done in the person's name at the provider
        try:
            if sociallogin.state.get("process") == AuthProcess.CONNECT:
                _check_connection(request)
            elif not sociallogin.is_existing or sociallogin.user.may_sign_in:
                account = sociallogin.account
                vouched = vouched_by(account.extra_data)
                person = admit_from_provider(account, vouched, makes_people=settings.OIDC.makes_people)
                sociallogin.user = person
        except NotAdmitted as error:
            sentence = _(error.sentence) % error.details
            raise ImmediateHttpResponse(_refused(request, sentence)) from None


def _check_connection(request: HttpRequest) -> None:
    if request.user.is_authenticated and request.user.is_superuser:
        raise NotAdmitted(SUPERUSER)


def vouched_by(told: dict[str, Any]) -> Vouched:
    """What the claims make of somebody, by the installation's settings. The answer and the ID token count together."""
    tokens = [told[part] for part in ("userinfo", "id_token") if isinstance(told.get(part), dict)]
    provider = settings.OIDC
    email = _first(tokens, "email")
    groups = frozenset().union(*(_groups(token, provider.roles_claim) for token in tokens))
    return Vouched(
        username=_first(tokens, provider.username_claim) or email,
        email=email,
        first_name=_first(tokens, "given_name"),
        last_name=_first(tokens, "family_name"),
        role_keys=_mapped(provider.roles, groups),
        tag_names=_mapped(provider.scope_tags, groups),
    )


def _first(tokens: list[dict[str, Any]], claim: str) -> str:
    return next((value for token in tokens if isinstance(value := token.get(claim), str)), "")


def _groups(token: dict[str, Any], claim: str) -> frozenset[str]:
    """A list, or one name; in the claim of this name, or at the end of a path like realm_access.roles."""
    value: Any = token.get(claim)
    if value is None and "." in claim:
        value = token
        for step in claim.split("."):
            value = value.get(step) if isinstance(value, dict) else None
    if isinstance(value, str):
        return frozenset([value])
    return frozenset(one for one in value if isinstance(one, str)) if isinstance(value, list) else frozenset()


def _mapped(mapping: tuple[tuple[str, str], ...], groups: frozenset[str]) -> frozenset[str] | None:
    """None where nothing is mapped at all: then people here decide."""
    return frozenset(what for group, what in mapping if group in groups) if mapping else None


class Careful(OpenIDConnectOAuth2Adapter):
    """Checks the signature of the ID token, and that it speaks of the same person as the answer about them."""

    def get_access_token_data(
        self, request: HttpRequest, app: SocialApp, client: OAuth2Client, pkce_code_verifier: str | None = None
    ) -> dict[str, Any]:
        data = super().get_access_token_data(request, app, client, pkce_code_verifier=pkce_code_verifier)
        self.did_fetch_access_token = False  # allauth would take its word, as it came from the provider directly
        return data

    def complete_login(self, request: HttpRequest, app: SocialApp, token: Any, **answer: Any) -> SocialLogin:
        login = super().complete_login(request, app, token, **answer)
        told = login.account.extra_data
        if "id_token" not in told or told["id_token"]["sub"] != told.get("userinfo", told["id_token"])["sub"]:
            raise OAuth2Error("The ID token is missing, or speaks of somebody else than the user info.")
        return login


def _or_tell(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A provider that is away or out of its mind is told, not stumbled over."""

    @wraps(view)
    def careful(request: HttpRequest, provider_id: str) -> HttpResponse:
        if settings.OIDC is None or provider_id != PROVIDER_ID:
            raise Http404
        try:
            return view(request)
        except NO_ANSWER as error:
            # Its class alone: the text of some has the address with what was sent.
            log.warning("the sign-in provider did not answer as it should", error=type(error).__name__)
            name = settings.OIDC.name
            messages.error(request, _("%(name)s does not answer as it should. Try again later.") % {"name": name})
            return redirect("account" if request.user.is_authenticated else "account_login")

    return careful


@login_not_required
@never_cache
@require_POST
@_or_tell
def leave_for_provider(request: HttpRequest) -> HttpResponse:
    """To the provider, by a page in between: the policy lets no form lead to another site."""
    connects = request.POST.get("process") == AuthProcess.CONNECT
    asked = QueryDict(mutable=True)
    asked["process"] = AuthProcess.CONNECT if connects else AuthProcess.LOGIN
    asked["next"] = request.POST.get("next", "")
    # Nothing else that was sent changes what the provider is asked.
    request.GET, request.POST = QueryDict(), asked
    return _connect(request) if connects else _leave(request)


@reauthentication_required(app="allauth.socialaccount")
def _connect(request: HttpRequest) -> HttpResponse:
    return _leave(request)


def _leave(request: HttpRequest) -> HttpResponse:
    answer = OAuth2LoginView.adapter_view(Careful(request, PROVIDER_ID))(request)
    if answer.status_code != 302:
        return answer
    values = {"to": answer.headers["Location"], "name": settings.OIDC.name}
    return render(request, "socialaccount/leave.html", values)


@login_not_required
@never_cache
@require_GET
@_or_tell
def come_from_provider(request: HttpRequest) -> HttpResponse:
    return OAuth2CallbackView.adapter_view(Careful(request, PROVIDER_ID))(request)


def _refused(request: HttpRequest, sentence: str) -> HttpResponse:
    return render(request, "socialaccount/refused.html", {"sentence": sentence}, status=403)
