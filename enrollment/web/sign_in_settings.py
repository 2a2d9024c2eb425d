from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from config.oidc import PROVIDER_ID
from enrollment.actions.access.admit_from_provider import EVERYTHING
from enrollment.actions.access.require_mfa import require_mfa
from enrollment.models import Installation, Permission, Role, ScopeTag
from enrollment.permissions import check_everywhere
from enrollment.web.second_factors import has_second_factor


def sign_in_settings(request: HttpRequest) -> HttpResponse:
    """How everyone signs in here: the switch for second factors, and what the environment says of the provider."""
    check_everywhere(request.user, Permission.MANAGE_ACCESS)
    if request.method == "POST":
        return _switch(request)
    values = {
        "section": "sign-in-settings",
        "is_required": Installation.this().requires_mfa,
        "has_factor": has_second_factor(request.user),
        "provider": settings.OIDC,
        "callback": settings.BASE_URL + reverse("openid_connect_callback", args=[PROVIDER_ID]),
        **_mappings(),
    }
    return render(request, "enrollment/account/sign_in_settings.html", values)


def _switch(request: HttpRequest) -> HttpResponse:
    on = request.POST.get("requires_mfa") == "on"
    require_mfa(on, by=request.user)
    if on:
        messages.success(request, _("Whoever signs in with a password needs a second factor from now on."))
    else:
        messages.success(request, _("A second factor is everyone's own choice from now on."))
    return redirect("sign-in-settings")


def _mappings() -> dict[str, list[tuple[str, str, object]]]:
    """Group, name, and what it names: None when it does not exist."""
    if settings.OIDC is None:
        return {}
    roles = {role.key: role for role in Role.objects.all()}
    tags = {tag.name: tag.name for tag in ScopeTag.objects.all()} | {EVERYTHING: _("sees everything")}
    return {
        "roles": [(group, key, roles.get(key)) for group, key in settings.OIDC.roles],
        "tags": [(group, name, tags.get(name)) for group, name in settings.OIDC.scope_tags],
    }
