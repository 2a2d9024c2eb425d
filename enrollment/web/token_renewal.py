from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.formats import date_format
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from enrollment import tasks
from enrollment.actions.tokens.hand_out_certificate import hand_out_certificate
from enrollment.actions.tokens.make_key_pair import make_key_pair
from enrollment.actions.tokens.renew_token import OtherServer, renew_token
from enrollment.apple.errors import AppleError, TokenFileError
from enrollment.models import Permission, Token
from enrollment.permissions import check
from enrollment.web.forms.token_renewal import RenewForm


def _token(request: HttpRequest, pk: int) -> Token:
    token = get_object_or_404(Token.objects.visible_to(request.user), pk=pk)
    check(request.user, Permission.UPDATE_TOKEN)
    return token


def renew(request: HttpRequest, pk: int) -> HttpResponse:
    """Why and how to renew, and the pane that does it (REN-1 to REN-5)."""
    token = _token(request, pk)
    asks = "other_server" in request.POST
    if request.method != "POST":
        initial = {"apple_id": token.apple_id, "scope_tags": token.scope_tags.all()}
        form = RenewForm(person=request.user, asks_for_other_server=False, initial=initial)
    else:
        form = RenewForm(request.POST, request.FILES, person=request.user, asks_for_other_server=asks)
        if form.is_valid():
            try:
                return _renewed(request, token, form)
            except OtherServer as error:
                form = RenewForm(request.POST, request.FILES, person=request.user, asks_for_other_server=True)
                form.add_error("file", _in_words(error))
            except (TokenFileError, AppleError) as error:
                form.add_error("file", _in_words(error))
    values = {
        "section": "token-list",
        "token": token,
        "form": form,
        "portal": f"{token.apple_url}/portal" if token.is_pretend else "",
    }
    return render(request, "enrollment/tokens/renew.html", values)


def _renewed(request: HttpRequest, token: Token, form: RenewForm) -> HttpResponse:
    said = form.cleaned_data
    renew_token(
        token,
        said["file"].read(),
        apple_id=said["apple_id"],
        scope_tags=said["scope_tags"],
        other_server=said.get("other_server", False),
        by=request.user,
    )
    messages.success(
        request,
        _("The token is renewed until %(day)s. Devices, profiles and history stay.")
        % {"day": date_format(token.expires_at, "SHORT_DATE_FORMAT")},
    )
    tasks.enqueue(tasks.run_reconcile, token.pk)
    return redirect("token-detail", token.pk)


def _in_words(error: TokenFileError | AppleError) -> str:
    advice = _(error.advice) % error.details if error.advice else ""
    said = (_(error.sentence) % error.details, advice, _("Nothing was replaced."))
    return " ".join(filter(None, said))


@require_POST
def new_key(request: HttpRequest, pk: int) -> HttpResponse:
    """The separate path: another key pair, whose certificate goes to the portal before the token is downloaded."""
    token = _token(request, pk)
    make_key_pair(token, by=request.user)
    messages.success(request, _("A new key pair is made. Upload its public key to the server in the portal."))
    return redirect("token-renew", token.pk)


@require_POST
def certificate(request: HttpRequest, pk: int) -> HttpResponse:
    token = _token(request, pk)
    if token.key_pair is None:
        raise Http404
    pem = hand_out_certificate(token, by=request.user)
    name = slugify(token.name) or "token"
    headers = {"Content-Disposition": f'attachment; filename="{name}.pem"', "Cache-Control": "no-store"}
    return HttpResponse(pem, content_type="application/x-pem-file", headers=headers)
