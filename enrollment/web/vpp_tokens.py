from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from enrollment.actions.licences.add_vpp_token import VppNameTaken, add_vpp_token
from enrollment.actions.licences.delete_vpp_token import VppTokenInUse, delete_vpp_token, profiles_by_token
from enrollment.apple.errors import TokenFileError
from enrollment.models import Permission, VppToken
from enrollment.permissions import check, may
from enrollment.web.forms.vpp_tokens import VppTokenForm


def vpp_token_list(request: HttpRequest) -> HttpResponse:
    check(request.user, Permission.READ_TOKEN)
    tags = Prefetch("scope_tags", request.user.scope)  # those they see
    tokens = list(VppToken.objects.visible_to(request.user).prefetch_related(tags))
    profiles = profiles_by_token(tokens, seen_by=request.user)
    values = {
        "section": "vpp-token-list",
        "tokens": [(token, profiles[token.pk]) for token in tokens],
        "may_create": may(request.user, Permission.CREATE_TOKEN),
        "may_delete": may(request.user, Permission.DELETE_TOKEN),
    }
    return render(request, "enrollment/vpp_tokens/list.html", values)


def new(request: HttpRequest) -> HttpResponse:
    check(request.user, Permission.CREATE_TOKEN)
    if request.method != "POST":
        form = VppTokenForm(person=request.user)
    else:
        form = VppTokenForm(request.POST, request.FILES, person=request.user)
        if form.is_valid() and _add(request, form):
            return redirect("vpp-token-list")
    return render(request, "enrollment/vpp_tokens/new.html", {"section": "vpp-token-list", "form": form})


def _add(request: HttpRequest, form: VppTokenForm) -> bool:
    said = form.cleaned_data
    try:
        token = add_vpp_token(said["file"].read(), name=said["name"], scope_tags=said["scope_tags"], by=request.user)
    except TokenFileError as error:
        field = "name" if isinstance(error, VppNameTaken) else "file"
        form.add_error(field, f"{_(error.sentence) % error.details} {_(error.advice) if error.advice else ''}".strip())
        return False
    messages.success(request, _("The VPP token “%(name)s” is added.") % {"name": token.name})
    return True


@require_POST
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    token = get_object_or_404(VppToken.objects.visible_to(request.user), pk=pk)
    check(request.user, Permission.DELETE_TOKEN)
    try:
        delete_vpp_token(token, by=request.user)
    except VppTokenInUse as error:
        messages.error(request, _(error.sentence) % error.details)
    else:
        messages.success(request, _("The VPP token is deleted here. In Apple's portal it stays as it is."))
    return redirect("vpp-token-list")
