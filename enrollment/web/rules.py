from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from enrollment import limits
from enrollment.actions.rules.count_rules import count_rules
from enrollment.actions.rules.delete_rule import delete_rule
from enrollment.actions.rules.order_rules import order_rules
from enrollment.actions.rules.preview_rules import preview_rules
from enrollment.actions.rules.set_rules_brake import set_rules_brake
from enrollment.models import AssignmentRule, Operation, OperationStatus, Permission, RulesAbout, Token
from enrollment.models.assignment_rule import ASKED_ABOUT
from enrollment.models.rule_condition import groups_in_words
from enrollment.models.typed_key import typed_key
from enrollment.permissions import check
from enrollment.web.forms.rules import BrakeForm
from enrollment.web.tokens import frame_of


def rule_list(request: HttpRequest, pk: int) -> HttpResponse:
    """The token's rules in order; with `counts` how many devices each matches and wins."""
    token = _token(request, pk, Permission.READ_PROFILE, Permission.READ_DEVICE)
    return _list(request, token, BrakeForm(initial={"brake": token.rules_brake}))


def _list(request: HttpRequest, token: Token, brake_form: BrakeForm) -> HttpResponse:
    rules = list(token.rules.select_related("profile"))
    counted = count_rules(token) if request.GET.get("counts") else {}
    for rule in rules:
        rule.counts, rule.groups = counted.get(rule.pk), groups_in_words(rule.conditions)
    values = {
        **frame_of(request, token, "rules"),
        "rules": rules,
        "is_counted": bool(counted),
        "moved": request.GET.get("moved", ""),
        "is_full": len(rules) >= limits.RULES_PER_TOKEN,
        "stopped": Operation.objects.filter(token=token, is_stopped=True, status=OperationStatus.PREVIEWED).first(),
        "brake_form": brake_form,
        "asked_about": [(about.value, about.label) for about in ASKED_ABOUT],
        "usual": RulesAbout.DECIDED.value,
    }
    return render(request, "enrollment/rules/list.html", values)


def _token(request: HttpRequest, pk: int, *needed: Permission) -> Token:
    token = get_object_or_404(Token.objects.visible_to(request.user).select_related("default_profile"), pk=pk)
    for permission in needed:
        check(request.user, permission)
    return token


def _rule(request: HttpRequest, pk: int) -> AssignmentRule:
    found = AssignmentRule.objects.visible_to(request.user).select_related("token", "profile")
    rule = get_object_or_404(found, pk=pk)
    check(request.user, Permission.ASSIGN_PROFILE)
    return rule


@require_POST
def order(request: HttpRequest, pk: int) -> HttpResponse:
    """One rule a place up or down, or all in the order they were dragged into."""
    token = _token(request, pk, Permission.ASSIGN_PROFILE)
    key, _colon, way = request.POST.get("move", "").partition(":")
    keys = [typed_key(one) for one in request.POST.get("order", "").split(",") if typed_key(one)]
    if typed_key(key):
        keys = _moved([rule.pk for rule in token.rules.all()], typed_key(key), -1 if way == "up" else 1)
    if keys:
        order_rules(token, keys, by=request.user)
    moved = key or request.POST.get("moved", "")
    back = reverse("rule-list", args=[pk])
    return redirect(f"{back}?moved={moved}" if typed_key(moved) else back)


def _moved(keys: list[int], key: int, by: int) -> list[int]:
    place = keys.index(key) if key in keys else -1
    if place < 0 or not 0 <= place + by < len(keys):
        return keys
    keys[place], keys[place + by] = keys[place + by], keys[place]
    return keys


@require_POST
def brake(request: HttpRequest, pk: int) -> HttpResponse:
    token = _token(request, pk, Permission.ASSIGN_PROFILE)
    form = BrakeForm(request.POST)
    if not form.is_valid():
        return _list(request, token, form)
    set_rules_brake(token, form.cleaned_data["brake"], by=request.user)
    messages.success(request, _("The brake is set."))
    return redirect("rule-list", pk)


@require_POST
def apply(request: HttpRequest, pk: int) -> HttpResponse:
    """See what the rules decide about the devices that are there; it is done when it is confirmed."""
    token = _token(request, pk, Permission.ASSIGN_PROFILE)
    about = request.POST.get("about", "")
    if about not in ASKED_ABOUT:
        return redirect("rule-list", pk)
    back = reverse("rule-list", args=[pk])
    return redirect("operation-detail", preview_rules(token, RulesAbout(about), by=request.user, chosen_by=back).pk)


def delete(request: HttpRequest, pk: int) -> HttpResponse:
    rule = _rule(request, pk)
    if request.method == "POST":
        delete_rule(rule, by=request.user)
        messages.success(request, _("The rule is deleted."))
        return redirect("rule-list", rule.token_id)
    groups = groups_in_words(rule.conditions)
    values = {"section": "token-list", "token": rule.token, "rule": rule, "groups": groups}
    return render(request, "enrollment/rules/delete.html", values)
