"""What an administrator does about somebody's account: invite, deactivate, sign out, help after a lost telephone."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from enrollment.actions.access.activate_person import activate_person
from enrollment.actions.access.deactivate_person import deactivate_person
from enrollment.actions.access.end_sessions import end_sessions
from enrollment.actions.access.invite_person import invite_person
from enrollment.actions.access.remove_factors import remove_factors
from enrollment.actions.access.what_may_be_given import AccessRefused
from enrollment.actions.warnings.revoke_calendar_address import revoke_calendar_address
from enrollment.models import Permission, Person
from enrollment.permissions import check


def _person(request: HttpRequest, pk: int) -> Person:
    person = get_object_or_404(Person.objects.visible_to(request.user), pk=pk)
    check(request.user, Permission.MANAGE_ACCESS)
    return person


def _done(request: HttpRequest, person: Person, verb: Callable[..., object], sentence: str) -> HttpResponse:
    """Back to their page, with what was done or why it was not."""
    try:
        verb(person, by=request.user)
    except AccessRefused as refused:
        messages.error(request, _(refused.sentence) % refused.details)
    else:
        messages.success(request, sentence % {"name": person})
    return redirect("person-detail", person.pk)


@never_cache
@require_POST
def invite(request: HttpRequest, pk: int) -> HttpResponse:
    """A link to choose a password, shown once and mailed to them."""
    person = _person(request, pk)
    try:
        invitation = invite_person(person, by=request.user)
    except AccessRefused as refused:
        messages.error(request, _(refused.sentence) % refused.details)
        return redirect("person-detail", pk)
    values = {"section": "person-list", "person": person, "invitation": invitation}
    return render(request, "enrollment/people/invited.html", values)


def deactivate(request: HttpRequest, pk: int) -> HttpResponse:
    person = _person(request, pk)
    if request.method == "POST":
        return _done(request, person, deactivate_person, _("“%(name)s” is deactivated and comes in no more."))
    sentences = [
        _("They are signed out everywhere and cannot sign in. None of their API keys works."),
        _("Nothing is lost: they can be activated again, with the roles and keys they have now."),
    ]
    return _confirm(request, person, _("Deactivate"), sentences)


@require_POST
def activate(request: HttpRequest, pk: int) -> HttpResponse:
    return _done(request, _person(request, pk), activate_person, _("“%(name)s” may come in again."))


def sign_out(request: HttpRequest, pk: int) -> HttpResponse:
    person = _person(request, pk)
    if request.method == "POST":
        return _done(request, person, end_sessions, _("“%(name)s” is signed out everywhere."))
    sentences = [_("They are signed out in every browser, and may sign in again. API keys go on working.")]
    return _confirm(request, person, _("End sessions"), sentences)


def forget_factors(request: HttpRequest, pk: int) -> HttpResponse:
    person = _person(request, pk)
    if request.method == "POST":
        return _done(request, person, remove_factors, _("“%(name)s” signs in with the password alone now."))
    sentences = [
        _("For somebody who has lost their telephone: authenticator app, passkeys and recovery codes are removed."),
        _("Make sure that it is they who ask: until they set up a new one, the password alone lets them in."),
    ]
    return _confirm(request, person, _("Remove second factors"), sentences)


def revoke_calendar(request: HttpRequest, pk: int) -> HttpResponse:
    person = _person(request, pk)
    if request.method == "POST":
        sentence = _("The calendar address of “%(name)s” is revoked: calendars read nothing there any more.")
        return _done(request, person, revoke_calendar_address, sentence)
    sentences = [
        _("For an address that somebody knows who should not: under it, their calendar reads what they see expire."),
        _("They can make a new one, and enter it in their calendar. Everything else goes on working."),
    ]
    return _confirm(request, person, _("Revoke calendar address"), sentences)


def _confirm(request: HttpRequest, person: Person, title: str, sentences: list[str]) -> HttpResponse:
    values = {"section": "person-list", "person": person, "title": title, "sentences": sentences}
    return render(request, "enrollment/people/confirm.html", values)
