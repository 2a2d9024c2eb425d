from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from enrollment.actions.rules.preview_rule import RulePreview, preview_rule
from enrollment.actions.rules.save_rule import RuleNameTaken, TooManyRules, save_rule, troubles_of
from enrollment.models import AssignmentRule, Permission, RuleMode, Token
from enrollment.models.rule_condition import Condition, RuleField, tidy
from enrollment.permissions import check
from enrollment.web.forms.rules import FAMILIES, RuleForm, after, lines_of, typed_groups


def new(request: HttpRequest, pk: int) -> HttpResponse:
    token = get_object_or_404(Token.objects.visible_to(request.user), pk=pk)
    check(request.user, Permission.ASSIGN_PROFILE)
    return _form(request, token, None)


def edit(request: HttpRequest, pk: int) -> HttpResponse:
    found = AssignmentRule.objects.visible_to(request.user).select_related("token", "profile")
    rule = get_object_or_404(found, pk=pk)
    check(request.user, Permission.ASSIGN_PROFILE)
    return _form(request, rule.token, rule)


def _form(request: HttpRequest, token: Token, rule: AssignmentRule | None) -> HttpResponse:
    """Fill it in, see what it would do, save. Every button keeps all that is typed."""
    if request.method != "POST":
        form = RuleForm(initial=_initial(rule), token=token, rule=rule)
        return _show(request, token, rule, form, after("", list(rule.conditions) if rule else []))
    do = request.POST.get("do", "preview")
    groups = after(do, typed_groups(request.POST))
    if do not in ("preview", "save"):
        # Nothing is judged before it is finished.
        form = RuleForm(initial=request.POST.dict(), token=token, rule=rule)
        return _show(request, token, rule, form, groups)
    form, troubles = RuleForm(request.POST, token=token, rule=rule), troubles_of(tidy(groups))
    if not form.is_valid() or troubles:
        return _show(request, token, rule, form, groups, troubles=troubles)
    if do == "preview":
        return _show(request, token, rule, form, groups, preview=_preview(token, rule, form, groups))
    return _save(request, token, rule, form, groups)


def _save(
    request: HttpRequest, token: Token, rule: AssignmentRule | None, form: RuleForm, groups: list[list[Condition]]
) -> HttpResponse:
    try:
        save_rule(token, rule, conditions=groups, by=request.user, **_said(form))
    except TooManyRules as error:
        messages.error(request, _(error.sentence) % error.details)
        return _show(request, token, rule, form, groups)
    except RuleNameTaken as error:
        form.add_error("name", _(error.sentence))
        return _show(request, token, rule, form, groups)
    messages.success(request, _("The rule is saved. It decides about devices that appear from now on."))
    return redirect("rule-list", token.pk)


def _initial(rule: AssignmentRule | None) -> dict[str, Any]:
    if rule is None:
        return {"mode": RuleMode.ACTIVE.value}
    return {"name": rule.name, "profile": rule.profile_id, "mode": rule.mode}


def _said(form: RuleForm) -> dict[str, Any]:
    return {**form.cleaned_data, "mode": RuleMode(form.cleaned_data["mode"])}


def _preview(token: Token, rule: AssignmentRule | None, form: RuleForm, groups: list[list[Condition]]) -> RulePreview:
    tried = AssignmentRule(token=token, conditions=tidy(groups), **_said(form))
    if rule is not None:
        tried.pk, tried.position = rule.pk, rule.position
    return preview_rule(tried)


def _show(
    request: HttpRequest,
    token: Token,
    rule: AssignmentRule | None,
    form: RuleForm,
    groups: list[list[Condition]],
    *,
    troubles: dict[tuple[int, int], str] | None = None,
    preview: RulePreview | None = None,
) -> HttpResponse:
    values = {
        "section": "token-list",
        "token": token,
        "rule": rule,
        "form": form,
        "groups": lines_of(groups, troubles or {}),
        "fields": RuleField.choices,
        "families": FAMILIES,
        "preview": preview,
        "is_empty": not token.profiles.exists(),
    }
    return render(request, "enrollment/rules/form.html", values)
