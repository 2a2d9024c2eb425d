from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from enrollment.actions.access.make_first_administrator import LinkIsVoid, make_first_administrator, opens
from enrollment.models import Installation
from enrollment.web.forms.first_link import FirstAdministratorForm


@login_not_required
@never_cache
@sensitive_post_parameters("password", "again")
def first_administrator(request: HttpRequest, secret: str) -> HttpResponse:
    """The one-time link that was printed at the first start; there is no such page once it was used."""
    if not opens(Installation.this(), secret):
        raise Http404
    form = FirstAdministratorForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        return _make(request, secret, form)
    return render(request, "account/first.html", {"form": form})


def _make(request: HttpRequest, secret: str, form: FirstAdministratorForm) -> HttpResponse:
    said = form.cleaned_data
    told = {name: said[name] for name in ("name", "email", "password")}
    try:
        person = make_first_administrator(secret, **told, language=get_language() or "")
    except LinkIsVoid:
        raise Http404 from None
    return perform_password_login(request, {"username": person.username}, Login(user=person))
