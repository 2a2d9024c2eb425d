from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from enrollment import tasks
from enrollment.actions.profiles.check_enrollment_url import TlsVerdict, check_enrollment_url
from enrollment.actions.profiles.define_revision import define_revision
from enrollment.actions.profiles.delete_profile_draft import delete_profile_draft
from enrollment.actions.profiles.edit_profile import edit_profile
from enrollment.actions.profiles.check_draft import BY_APPLES_KEY, check_draft
from enrollment.actions.profiles.save_profile import ProfileNotSaved, save_profile
from enrollment.actions.profiles.save_profile_draft import save_profile_draft
from enrollment.actions.profiles.start_profile import READY, TokenNotActive, start_profile
from enrollment.apple.errors import AppleError
from enrollment.apple.setup_panes import GROUPS, PANES, panes_for
from enrollment.models import Permission, Profile, ProfileDraft, Token
from enrollment.models.profile_needs import is_shown
from enrollment.models.profile_payload import payload
from enrollment.models.profile_settings import FIELDS
from enrollment.permissions import check
from enrollment.web.forms.profiles import BasicsForm, ManagementForm, PanesForm
from enrollment.web.wizard import Step, Steps

STEPS = Steps(
    Step("basics", gettext_lazy("Basics"), BasicsForm),
    Step("management", gettext_lazy("Management settings"), ManagementForm),
    Step("setup-assistant", gettext_lazy("Setup Assistant"), PanesForm),
    Step("review", gettext_lazy("Review + create")),
)
# Apple's field, where the person can change it.
FIELD_OF = {one.goes_to: name for name, one in FIELDS.items()} | {"profile_name": "name"}


def new(request: HttpRequest) -> HttpResponse:
    """Choose the token, then begin."""
    check(request.user, Permission.CREATE_PROFILE)
    ready = [status.value for status in READY]
    tokens = Token.objects.visible_to(request.user).with_status().filter(status_now__in=ready)
    chosen = request.POST.get("token") or request.GET.get("token", "")
    if request.method == "POST":
        token = get_object_or_404(Token.objects.visible_to(request.user), pk=chosen if chosen.isdecimal() else 0)
        try:
            draft = start_profile(token, by=request.user)
        except TokenNotActive as error:
            messages.error(request, _(error.sentence))
            return redirect("profile-new")
        return redirect("profile-wizard", draft.pk, STEPS.first().key)
    drafts = ProfileDraft.objects.visible_to(request.user).select_related("token", "profile")
    values = {"section": "profile-list", "tokens": tokens, "chosen": chosen, "drafts": drafts}
    return render(request, "enrollment/profiles/new.html", values)


@require_POST
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    profile = get_object_or_404(Profile.objects.visible_to(request.user), pk=pk)
    check(request.user, Permission.UPDATE_PROFILE)
    return redirect("profile-wizard", edit_profile(profile, by=request.user).pk, STEPS.first().key)


def _draft(request: HttpRequest, pk: int) -> ProfileDraft:
    drafts = ProfileDraft.objects.visible_to(request.user).select_related("token", "profile__current")
    draft = get_object_or_404(drafts, pk=pk)
    check(request.user, Permission.UPDATE_PROFILE if draft.profile_id else Permission.CREATE_PROFILE)
    return draft


def step(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    draft = _draft(request, pk)
    current = STEPS.find(key)
    if current is None:
        raise Http404
    if current.form is None:
        return _show(request, draft, current, None)
    if request.method != "POST":
        form = current.form(initial={"name": draft.name, "description": draft.description, **draft.settings})
        return _show(request, draft, current, form)
    form = current.form(request.POST)
    form.is_valid()
    _keep(draft, form, request)
    if "check" in request.POST:
        verdict = check_enrollment_url(draft.settings.get("enrollment_url", ""))
        level = messages.SUCCESS if verdict == TlsVerdict.ANSWERS else messages.WARNING
        messages.add_message(request, level, _(str(verdict)))
        return _show(request, draft, current, form)
    form.show_errors(check_draft(draft)[1])
    if form.errors:
        return _show(request, draft, current, form)
    return redirect("profile-wizard", pk, STEPS.after(current).key)


def _keep(draft: ProfileDraft, form: Any, request: HttpRequest) -> None:
    """Right or wrong, what was typed is kept."""
    if isinstance(form, PanesForm):
        # A ticked switch shows the screen; keys we do not know stay as they are.
        known = [pane.key for pane in panes_for(draft.platform)]
        shown = set(request.POST.getlist("pane"))
        kept = [key for key in draft.settings.get("hidden_panes", []) if key not in known]
        save_profile_draft(draft, hidden_panes=[*kept, *(key for key in known if key not in shown)])
        return
    # No database takes a NUL, and nobody types one.
    typed = {name: form.data.get(name, "").replace("\x00", "") for name in form.fields}
    typed |= {name: name in form.data for name in form.fields if name in FIELDS and FIELDS[name].kind == "bool"}
    save_profile_draft(
        draft, **{name: value for name, value in typed.items() if name in FIELDS or name in ("name", "description")}
    )


def _show(request: HttpRequest, draft: ProfileDraft, current: Step, form: Any) -> HttpResponse:
    settings, errors = check_draft(draft)
    wrong = {_step_of(name) for name in errors}
    values = {
        "section": "profile-list",
        "draft": draft,
        "form": form,
        "current": current,
        "steps": STEPS.rail(current, "profile-wizard", draft.pk, wrong=wrong),
        "previous": STEPS.before(current),
        **(_review(draft, settings, errors) if current.form is None else {}),
        **(_panes(draft) if current.form is PanesForm else {}),
    }
    return render(request, f"enrollment/profiles/wizard_{current.key.replace('-', '_')}.html", values)


def _step_of(name: str) -> str:
    return FIELDS[name].step.replace("_", "-") if name in FIELDS else "basics"


def _panes(draft: ProfileDraft) -> dict[str, Any]:
    language = get_language() or "en"
    hidden = set(draft.settings.get("hidden_panes", []))
    panes = panes_for(draft.platform)
    groups = []
    for group, labels in GROUPS.items():
        rows = [
            {
                "key": pane.key,
                "label": pane.label(language),
                "about": pane.description(language),
                "note": pane.note(language),
                "first": pane.first[draft.platform],
                "deprecated": pane.deprecated.get(draft.platform, ""),
                "removed": pane.removed.get(draft.platform, ""),
                "is_always_skippable": pane.is_always_skippable,
                "is_shown": pane.key not in hidden,
                "words": " ".join((pane.key, pane.label("en"), pane.label("fr"), *pane.also)),
            }
            for pane in panes
            if pane.group == group
        ]
        if rows:
            groups.append((labels["fr" if language.startswith("fr") else "en"], rows))
    return {"groups": groups}


def _review(draft: ProfileDraft, settings: dict[str, Any], errors: dict[str, list[str]]) -> dict[str, Any]:
    missing = [
        (sentence, FIELDS[name].label if name in FIELDS else _("Name"), _step_of(name))
        for name, sentences in errors.items()
        for sentence in sentences
    ]
    device_count = draft.profile.devices.count() if draft.profile else 0
    said = None if errors else payload(settings, profile_name=draft.name, org_magic="…")
    return {"missing": missing, "facts": in_words(settings), "device_count": device_count, "payload": said}


def in_words(settings: dict[str, Any]) -> list[tuple[str, list[tuple[Any, Any]]]]:
    """The settings that mean something, by step, as labels and words."""
    titles = {"basics": _("Basics"), "management": _("Management settings"), "setup_assistant": _("Setup Assistant")}
    return [
        (
            title,
            [
                (one.label, _word(one, settings.get(name)))
                for name, one in FIELDS.items()
                if one.step == key and is_shown(name, settings)
            ],
        )
        for key, title in titles.items()
    ]


def _word(one: Any, value: Any) -> Any:
    if one.kind == "bool":
        return _("yes") if value else _("no")
    if one.kind == "panes":
        language = get_language() or "en"
        hidden = ", ".join(PANES[key].label(language) if key in PANES else key for key in value or [])
        return _("Hidden: %(screens)s") % {"screens": hidden} if hidden else _("All screens are shown")
    return dict(one.choices).get(value, value)


@require_POST
def save(request: HttpRequest, pk: int) -> HttpResponse:
    draft = _draft(request, pk)
    try:
        profile = save_profile(draft, by=request.user)
    except ProfileNotSaved:
        return redirect("profile-wizard", pk, "review")
    refused = _tell_apple(request, profile)
    if refused is not None:
        again = edit_profile(profile, by=request.user)
        return redirect("profile-wizard", again.pk, refused)
    tasks.enqueue(tasks.run_reconcile, profile.token_id)
    return redirect("profile-detail", profile.pk)


def _tell_apple(request: HttpRequest, profile: Profile) -> str | None:
    """Ask Apple at once, so that a refusal comes back to who typed it; the step it belongs to, or None."""
    revision = profile.current
    if revision is None or revision.apple_uuid:
        messages.success(request, _("The profile is saved."))
        return None
    try:
        accepted = define_revision(revision, by=request.user)
    except AppleError:
        messages.warning(request, _("The profile is saved. Apple could not be asked yet; that is tried again."))
        return None
    if accepted:
        messages.success(request, _("The profile is saved, and Apple has it."))
        return None
    messages.error(request, _(revision.refusal_sentence) % revision.refusal_details)
    return _step_of(FIELD_OF.get(revision.refused_field, "name"))


@require_POST
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    delete_profile_draft(_draft(request, pk), by=request.user)
    return redirect("profile-list")
