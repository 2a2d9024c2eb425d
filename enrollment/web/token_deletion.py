from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from enrollment.actions.devices.delete_devices import delete_devices
from enrollment.actions.profiles.delete_profiles_of_token import delete_profiles_of_token
from enrollment.actions.tokens.delete_token import TokenInUse, delete_token, deletion_conditions
from enrollment.models import Device, Permission, Token
from enrollment.permissions import check, may


def _token(request: HttpRequest, pk: int, needed: Permission) -> Token:
    token = get_object_or_404(Token.objects.visible_to(request.user).select_related("default_profile"), pk=pk)
    check(request.user, needed)
    return token


def _is_confirmed(request: HttpRequest, token: Token) -> bool:
    """Whether the token's name was typed; if not, that is said."""
    if token.is_called(request.POST.get("name", "")):
        return True
    messages.error(request, _("Type the name of the token to confirm."))
    return False


def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """The three conditions, what is left and how to remove it, and the deletion (DEL-1)."""
    token = _token(request, pk, Permission.DELETE_TOKEN)
    if request.method == "POST" and _is_confirmed(request, token):
        try:
            delete_token(token, by=request.user)
        except TokenInUse:
            messages.error(request, _("Something is left under the token; the list below says what."))
        else:
            messages.success(request, _("The token is deleted. No device was erased."))
            return redirect("token-list")
    values = {
        "section": "token-list",
        "token": token,
        "conditions": deletion_conditions(token),
        "released_count": token.devices.exclude(released_at=None).count(),
        "may_delete_devices": may(request.user, Permission.DELETE_DEVICE),
        "may_delete_profiles": may(request.user, Permission.DELETE_PROFILE),
    }
    return render(request, "enrollment/tokens/delete.html", values)


@require_POST
def clear_devices(request: HttpRequest, pk: int) -> HttpResponse:
    """Every device of the token is deleted here, for the token is to go."""
    token = _token(request, pk, Permission.DELETE_DEVICE)
    if _is_confirmed(request, token):
        count = delete_devices(Device.objects.filter(token=token), by=request.user)
        words = ngettext("%(count)d device is deleted here.", "%(count)d devices are deleted here.", count)
        messages.success(request, words % {"count": count})
    return redirect("token-delete", pk)


@require_POST
def clear_profiles(request: HttpRequest, pk: int) -> HttpResponse:
    """Every profile of the token that no device has is deleted, for the token is to go."""
    token = _token(request, pk, Permission.DELETE_PROFILE)
    if _is_confirmed(request, token):
        count = delete_profiles_of_token(token, by=request.user)
        words = ngettext("%(count)d profile is deleted.", "%(count)d profiles are deleted.", count)
        messages.success(request, words % {"count": count})
    return redirect("token-delete", pk)
