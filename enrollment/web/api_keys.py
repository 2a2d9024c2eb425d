from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from enrollment.actions.access.make_api_key import make_api_key
from enrollment.actions.access.revoke_api_key import revoke_api_key
from enrollment.actions.access.what_may_be_given import AccessRefused
from enrollment.models import ApiKey, Permission, Person
from enrollment.models.api_key_filter import ApiKeyFilter
from enrollment.permissions import check, may
from enrollment.web.forms.access import ApiKeyForm, FilterForm
from enrollment.web.keyset import keyset_page

SIZE = 50
SHOWS = {
    "": gettext_lazy("Usable"),
    "mine": gettext_lazy("My own"),
    "ending": gettext_lazy("Expiring or expired"),
    "all": gettext_lazy("All"),
}


def api_key_list(request: HttpRequest) -> HttpResponse:
    """One's own keys, and with Manage access those of the people one administers."""
    form, filters = FilterForm(request.GET, SHOWS), ApiKeyFilter(request.GET, ApiKey.objects.visible_to(request.user))
    found, days = filters.keys, ("expires_since", "expires_until")
    if form.shown == "mine":
        found = found.filter(person=request.user)
    elif form.shown == "ending":
        found = found.ending(timezone.now())
    elif not form.shown:
        found = found.usable(timezone.now())
    rows = found.select_related("person", "role").prefetch_related("scope_tags")
    values = {
        "section": "api-key-list",
        "page": keyset_page(rows, request.GET, order="-pk", size=SIZE),
        "form": form,
        "fields": [filters.form[name] for name in days],
        "is_filtered": bool(form.words or form.shown or any(request.GET.get(name) for name in days)),
        "manages": may(request.user, Permission.MANAGE_ACCESS),
    }
    return render(request, "enrollment/api_keys/list.html", values)


@never_cache
def new(request: HttpRequest) -> HttpResponse:
    """For oneself, or with `person` for somebody one administers. The key is shown once, in the answer."""
    person = _whose(request)
    form = ApiKeyForm(request.POST if request.method == "POST" else None, person=person)
    if form.is_bound and form.is_valid():
        said = form.cleaned_data
        days = int(said.pop("days") or 0) or None
        try:
            key = make_api_key(person, by=request.user, days=days, **said)
        except AccessRefused as refused:
            form.show(refused)
        else:
            values = {"section": "api-key-list", "key": key, "person": person, "base_url": settings.BASE_URL}
            return render(request, "enrollment/api_keys/made.html", values)
    values = {"section": "api-key-list", "form": form, "person": person, "is_me": person.pk == request.user.pk}
    return render(request, "enrollment/api_keys/new.html", values)


def _whose(request: HttpRequest) -> Person:
    said = request.GET.get("person", "")
    if not said or said == str(request.user.pk):
        return request.user
    key = int(said) if said.isdecimal() and len(said) < 10 else 0
    person = get_object_or_404(Person.objects.visible_to(request.user), pk=key)
    check(request.user, Permission.MANAGE_ACCESS)
    return person


def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    key = get_object_or_404(ApiKey.objects.visible_to(request.user).select_related("person", "role"), pk=pk)
    if request.method == "POST":
        revoke_api_key(key, by=request.user)
        messages.success(request, _("The key “%(name)s” is revoked: it opens no door any more.") % {"name": key.name})
        return redirect("api-key-list")
    return render(request, "enrollment/api_keys/revoke.html", {"section": "api-key-list", "key": key})
