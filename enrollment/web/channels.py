"""Where warnings are sent besides to people: for who manages access and sees everything."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from enrollment import tasks
from enrollment.actions.access.what_may_be_given import AccessRefused
from enrollment.actions.channels.delete_channel import delete_channel
from enrollment.actions.channels.make_signing_secret import make_signing_secret
from enrollment.actions.channels.save_channel import ChannelSaid, Saved, save_channel
from enrollment.actions.channels.try_channel import try_channel
from enrollment.actions.warnings.every_condition import CONDITIONS
from enrollment.actions.warnings.name_parts import name_parts
from enrollment.actions.warnings.told_about import Telling
from enrollment.actions.warnings.unreached_people import unreached_people
from enrollment.messengers.errors import NotDelivered
from enrollment.models import Channel, ChannelKind, Delivery, Permission
from enrollment.permissions import check_everywhere
from enrollment.web.forms.channels import ChannelForm, initial_of
from enrollment.web.keyset import keyset_page
from enrollment.web.standing import warnings_about

SECTION = "channel-list"
SHOWN = 20


def channel_list(request: HttpRequest) -> HttpResponse:
    """Each with how it goes; and who is not reached by mail."""
    check_everywhere(request.user, Permission.MANAGE_ACCESS)
    channels = Channel.objects.prefetch_related("scope_tags")
    values = {
        "section": SECTION,
        "page": keyset_page(channels, request.GET, order="name", size=50),
        "unreached": unreached_people()[:5],
    }
    return render(request, "enrollment/channels/list.html", values)


def _channel(request: HttpRequest, pk: int) -> Channel:
    channel = get_object_or_404(Channel.objects.visible_to(request.user), pk=pk)
    check_everywhere(request.user, Permission.MANAGE_ACCESS)
    return channel


def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """What is told there, and what was told last."""
    channel = _channel(request, pk)
    objects = [f"alert__{name}" for name in ("token", "vpp_token", "channel")]
    deliveries = Delivery.objects.filter(channel=channel).select_related("alert", *objects)
    page = keyset_page(deliveries, request.GET, order="-pk", size=SHOWN)
    values = {
        "section": SECTION,
        "channel": channel,
        "noted": next(iter(warnings_about(request, channel=channel)), None),
        "language": dict(settings.LANGUAGES).get(channel.language, channel.language),
        "page": page,
        "tellings": [Telling(str(channel), True, delivery) for delivery in page.rows],
        "labels": {condition.id: condition.label for condition in CONDITIONS},
        "parts": name_parts(delivery.alert for delivery in page.rows),
        "waiting": Delivery.objects.waiting().filter(channel=channel).count(),
    }
    return render(request, "enrollment/channels/detail.html", values)


@never_cache
def new(request: HttpRequest) -> HttpResponse:
    check_everywhere(request.user, Permission.MANAGE_ACCESS)
    return _form(request, None, {"kind": ChannelKind.MAIL, "language": get_language()})


@never_cache
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    channel = _channel(request, pk)
    return _form(request, channel, initial_of(channel))


def _form(request: HttpRequest, channel: Channel | None, initial: dict[str, Any]) -> HttpResponse:
    said = request.POST if request.method == "POST" else None
    form = ChannelForm(said, initial=initial, channel=channel, person=request.user)
    if form.is_bound and form.is_valid():
        try:
            saved = save_channel(channel, ChannelSaid(**form.cleaned_data), by=request.user)
        except AccessRefused as refused:
            form.show(refused)
        else:
            return _saved(request, saved)
    form.tell_what_was_lost()
    return render(request, "enrollment/channels/form.html", {"section": SECTION, "channel": channel, "form": form})


def _saved(request: HttpRequest, saved: Saved) -> HttpResponse:
    if saved.secret:
        return _show_secret(request, saved.channel, saved.secret)
    messages.success(request, _("The channel “%(name)s” is saved.") % {"name": saved.channel})
    return redirect("channel-detail", saved.channel.pk)


def _show_secret(request: HttpRequest, channel: Channel, secret: str) -> HttpResponse:
    """In this answer alone."""
    values = {"section": SECTION, "channel": channel, "secret": secret}
    return render(request, "enrollment/channels/secret.html", values)


@never_cache
def secret(request: HttpRequest, pk: int) -> HttpResponse:
    """Make what signs messages anew."""
    channel = _channel(request, pk)
    if request.method != "POST":
        return render(request, "enrollment/channels/new_secret.html", {"section": SECTION, "channel": channel})
    try:
        made = make_signing_secret(channel, by=request.user)
    except AccessRefused as refused:
        messages.error(request, _(refused.sentence) % refused.details)
        return redirect("channel-detail", pk)
    return _show_secret(request, channel, made)


@require_POST
def test(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a test message, and say at once whether it arrived, or what went wrong."""
    channel = _channel(request, pk)
    try:
        try_channel(channel, by=request.user)
    except NotDelivered as error:
        messages.error(request, _(error.sentence) % error.details)
    else:
        tasks.enqueue(tasks.run_channel, channel.pk)
        messages.success(request, _("The test message has arrived at “%(name)s”.") % {"name": channel})
    return redirect("channel-detail", pk)


def delete(request: HttpRequest, pk: int) -> HttpResponse:
    channel = _channel(request, pk)
    if request.method != "POST":
        return render(request, "enrollment/channels/delete.html", {"section": SECTION, "channel": channel})
    delete_channel(channel, by=request.user)
    messages.success(request, _("The channel is deleted."))
    return redirect("channel-list")
