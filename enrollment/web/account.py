"""One's own account: password, second factors, sessions, the provider it is connected with."""

from allauth.account.decorators import reauthentication_required
from allauth.mfa.models import Authenticator
from allauth.socialaccount import signals
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from enrollment.actions.access.end_sessions import end_sessions
from enrollment.actions.warnings.choose_warning_mails import choose_warning_mails
from enrollment.models import Installation
from enrollment.web.forms.warning_mails import WarningMailsForm
from enrollment.web.second_factors import has_second_factor, other_sessions


def account(request: HttpRequest) -> HttpResponse:
    person = request.user
    factors = list(Authenticator.objects.filter(user=person).order_by("created_at"))
    codes = next((one for one in factors if one.type == Authenticator.Type.RECOVERY_CODES), None)
    values = {
        "section": "account",
        "app": next((one for one in factors if one.type == Authenticator.Type.TOTP), None),
        "passkeys": [one for one in factors if one.type == Authenticator.Type.WEBAUTHN],
        "codes": codes,
        "codes_left": len(codes.wrap().get_unused_codes()) if codes else 0,
        "has_password": person.has_usable_password(),
        "is_required": Installation.this().requires_mfa,
        "sessions": sorted(UserSession.objects.purge_and_list(person), key=lambda one: one.created_at, reverse=True),
        "session_key": request.session.session_key,
        "provider": settings.OIDC,
        "connected": SocialAccount.objects.filter(user=person).first(),
        "warning_mails": WarningMailsForm.of(person),
    }
    return render(request, "enrollment/account/account.html", values)


@require_POST
def warning_mails(request: HttpRequest) -> HttpResponse:
    """Which warnings are mailed to oneself; the two choices offer nothing that could be wrong."""
    form = WarningMailsForm(request.POST)
    if form.is_valid():
        choose_warning_mails(request.user, by=request.user, **form.cleaned_data)
        messages.success(request, _("Saved: that is what is mailed to you from now on."))
    return redirect("account")


def second_factor(request: HttpRequest) -> HttpResponse:
    """Where somebody is led who needs a second factor and has none."""
    if has_second_factor(request.user):
        return redirect("account")
    return render(request, "enrollment/account/second_factor.html")


@require_POST
def end_session(request: HttpRequest, pk: int) -> HttpResponse:
    session = get_object_or_404(UserSession.objects.filter(user=request.user), pk=pk)
    if session.session_key == request.session.session_key:
        return redirect("account_logout")
    end_sessions(request.user, by=request.user, sessions=[session])
    messages.success(request, _("The session is ended."))
    return redirect("account")


@require_POST
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    count = end_sessions(request.user, by=request.user, sessions=other_sessions(request))
    words = ngettext("%(count)d other session is ended.", "%(count)d other sessions are ended.", count)
    messages.success(request, words % {"count": count})
    return redirect("account")


@require_POST
@reauthentication_required(app="allauth.socialaccount")
def disconnect(request: HttpRequest) -> HttpResponse:
    """Whoever has a password may come by it alone from now on."""
    connected = get_object_or_404(SocialAccount, user=request.user)
    if request.user.has_usable_password():
        connected.delete()
        signals.social_account_removed.send(sender=SocialAccount, request=request, socialaccount=connected)
        messages.success(request, _("The account is no longer connected."))
    else:
        messages.error(request, _("You have no password: without this account you could not sign in."))
    return redirect("account")
