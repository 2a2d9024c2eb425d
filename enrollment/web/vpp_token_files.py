"""Content tokens that are brought: a new one, and the one that takes its place a year later."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from enrollment import tasks
from enrollment.actions.licences.add_vpp_token import VppNameTaken, add_vpp_token
from enrollment.actions.licences.renew_vpp_token import OtherLocation, renew_vpp_token
from enrollment.actions.licences.verify_vpp_token import verify_vpp_token
from enrollment.apple.errors import AppleError, TokenFileError
from enrollment.models import Permission, VppToken
from enrollment.models.vpp_token import portal_address
from enrollment.permissions import check
from enrollment.web.forms.vpp_tokens import VppRenewForm, VppTokenForm

SECTION = "vpp-token-list"


def new(request: HttpRequest) -> HttpResponse:
    check(request.user, Permission.CREATE_TOKEN)
    if request.method != "POST":
        form = VppTokenForm(person=request.user)
    else:
        form = VppTokenForm(request.POST, request.FILES, person=request.user)
        if form.is_valid() and (token := _added(request, form)):
            return redirect("vpp-token-detail", token.pk)
    values = {"section": SECTION, "form": form, "portal": portal_address()}
    return render(request, "enrollment/vpp_tokens/new.html", values)


def _added(request: HttpRequest, form: VppTokenForm) -> VppToken | None:
    """Kept whatever Apple says of it, and that is told."""
    said = form.cleaned_data
    try:
        token = add_vpp_token(said["file"].read(), name=said["name"], scope_tags=said["scope_tags"], by=request.user)
    except TokenFileError as error:
        form.add_error("name" if isinstance(error, VppNameTaken) else "file", _in_words(error))
        return None
    if verify_vpp_token(token, by=request.user):
        words = _("The VPP token “%(name)s” is added. Its licences are being read.")
        messages.success(request, words % {"name": token.name})
    else:
        token.refresh_from_db()
        words = _("The VPP token “%(name)s” is kept, but it does not work yet: %(reason)s")
        reason = _(token.trouble_sentence) % token.trouble_details
        messages.warning(request, words % {"name": token.name, "reason": reason})
    tasks.enqueue(tasks.run_read_licences, token.pk)
    return token


def renew(request: HttpRequest, pk: int) -> HttpResponse:
    """How to renew, and the pane that does it."""
    token = get_object_or_404(VppToken.objects.visible_to(request.user), pk=pk)
    check(request.user, Permission.UPDATE_TOKEN)
    asks = "other_location" in request.POST
    if request.method != "POST":
        form = VppRenewForm(asks_for_other_location=False)
    else:
        form = VppRenewForm(request.POST, request.FILES, asks_for_other_location=asks)
        if form.is_valid():
            try:
                return _renewed(request, token, form)
            except OtherLocation as error:
                form = VppRenewForm(request.POST, request.FILES, asks_for_other_location=True)
                form.add_error("file", _in_words(error) + " " + _("Nothing was replaced."))
            except (TokenFileError, AppleError) as error:
                form.add_error("file", _in_words(error) + " " + _("Nothing was replaced."))
    values = {"section": SECTION, "token": token, "form": form}
    return render(request, "enrollment/vpp_tokens/renew.html", values)


def _renewed(request: HttpRequest, token: VppToken, form: VppRenewForm) -> HttpResponse:
    said = form.cleaned_data
    renew_vpp_token(token, said["file"].read(), other_location=said.get("other_location", False), by=request.user)
    tasks.enqueue(tasks.run_read_licences, token.pk)
    day = date_format(localtime(token.expires_at), "SHORT_DATE_FORMAT")
    messages.success(request, _("The VPP token is renewed until %(day)s. Profiles keep it chosen.") % {"day": day})
    return redirect("vpp-token-detail", token.pk)


def _in_words(error: TokenFileError | AppleError) -> str:
    advice = _(error.advice) % error.details if error.advice else ""
    return f"{_(error.sentence) % error.details} {advice}".strip()
