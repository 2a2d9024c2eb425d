from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from enrollment import limits, tasks
from enrollment.actions.profiles.check_draft import BY_APPLES_KEY, check_draft, refused_by_apple
from enrollment.actions.profiles.check_enrollment_url import TlsVerdict, check_enrollment_url
from enrollment.actions.profiles.define_revision import define_revision
from enrollment.actions.profiles.delete_profile_draft import delete_profile_draft
from enrollment.actions.profiles.draft_consequences import draft_consequences
from enrollment.actions.profiles.duplicate_profile import duplicate_profile
from enrollment.actions.profiles.edit_profile import edit_profile
from enrollment.actions.profiles.lint_profile import lint_profile
from enrollment.actions.profiles.restore_revision import restore_revision
from enrollment.actions.profiles.save_profile import ProfileNotSaved, save_profile
from enrollment.actions.profiles.save_profile_draft import save_profile_draft
from enrollment.actions.profiles.start_profile import READY, TokenNotActive, start_profile
from enrollment.apple.errors import AppleError
from enrollment.models import Permission, Profile, ProfileDraft, Token
from enrollment.models.profile_field import Step as Part
from enrollment.models.profile_payload import payload
from enrollment.models.profile_settings import FIELDS
from enrollment.models.profile_words import in_words
from enrollment.models.typed_key import typed_key
from enrollment.permissions import check
from enrollment.web.forms.profiles import BasicsForm, ManagementForm, SettingsForm
from enrollment.web.guidance import BESIDE
from enrollment.web.panes import pane_page, sent_panes
from enrollment.web.request_size import takes_up_to
from enrollment.web.wizard import Step, Steps

STEPS = Steps(
    Step(Part.BASICS, Part.BASICS.label, BasicsForm),
    Step(Part.MANAGEMENT, Part.MANAGEMENT.label, ManagementForm),
    Step(Part.PANES, Part.PANES.label),
    Step("review", gettext_lazy("Review + create")),
)


def new(request: HttpRequest) -> HttpResponse:
    """Choose the token, then begin; with `like` another profile is what it begins with."""
    check(request.user, Permission.CREATE_PROFILE)
    like = _profile(request, request.GET["like"]) if request.GET.get("like") else None
    ready = [status.value for status in READY]
    tokens = Token.objects.visible_to(request.user).with_status().filter(status_now__in=ready)
    chosen = request.POST.get("token") or request.GET.get("token", str(like.token_id) if like else "")
    if request.method == "POST":
        token = get_object_or_404(Token.objects.visible_to(request.user), pk=typed_key(chosen))
        try:
            draft = duplicate_profile(like, token=token, by=request.user) if like else None
            draft = draft or start_profile(token, by=request.user)
        except TokenNotActive as error:
            messages.error(request, _(error.sentence))
            return redirect("profile-new")
        return redirect("profile-wizard", draft.pk, STEPS.first().key)
    drafts = ProfileDraft.objects.visible_to(request.user).select_related("token", "profile")
    values = {"section": "profile-list", "tokens": tokens, "chosen": chosen, "drafts": drafts, "like": like}
    return render(request, "enrollment/profiles/new.html", values)


def _profile(request: HttpRequest, pk: int | str) -> Profile:
    return get_object_or_404(Profile.objects.visible_to(request.user), pk=typed_key(str(pk)))


@require_POST
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    profile = _profile(request, pk)
    check(request.user, Permission.UPDATE_PROFILE)
    return redirect("profile-wizard", edit_profile(profile, by=request.user).pk, STEPS.first().key)


@require_POST
def restore(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """To the review, which says what it means for the devices."""
    profile = _profile(request, pk)
    check(request.user, Permission.UPDATE_PROFILE)
    revision = get_object_or_404(profile.revisions, number=number)
    return redirect("profile-wizard", restore_revision(revision, by=request.user).pk, "review")


def _draft(request: HttpRequest, pk: int) -> ProfileDraft:
    drafts = ProfileDraft.objects.visible_to(request.user).select_related("token", "profile__current", "owner")
    draft = get_object_or_404(drafts, pk=pk)
    check(request.user, Permission.UPDATE_PROFILE if draft.profile_id else Permission.CREATE_PROFILE)
    return draft


@takes_up_to((limits.CONFIGURATOR_CERTIFICATES + limits.ANCHOR_CERTIFICATES) * limits.CERTIFICATE_BYTES)
def step(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    draft = _draft(request, pk)
    current = STEPS.find(key)
    if current is None:
        raise Http404
    if current.key == Part.PANES:
        return _panes(request, draft, current)
    if current.form is None:
        return _show(request, draft, current, **_review(draft))
    return _form(request, draft, current, current.form)


def _form(request: HttpRequest, draft: ProfileDraft, current: Step, kind: type[SettingsForm]) -> HttpResponse:
    if request.method != "POST":
        form = kind.of(draft)
        form.show_errors(refused_by_apple(draft))
        return _show(request, draft, current, form=form)
    form = kind(request.POST, request, draft=draft)
    save_profile_draft(draft, **form.typed())
    shown = kind.of(draft)
    shown.refused = form.refused
    if "check" in request.POST:
        verdict = check_enrollment_url(draft.settings.get("enrollment_url", ""))
        level = messages.SUCCESS if verdict == TlsVerdict.ANSWERS else messages.WARNING
        messages.add_message(request, level, _(str(verdict)))
        return _show(request, draft, current, form=shown)
    shown.show_errors(check_draft(draft)[1])
    if shown.errors or "stay" in request.POST:
        return _show(request, draft, current, form=shown)
    return redirect("profile-wizard", draft.pk, STEPS.after(current).key)


def _panes(request: HttpRequest, draft: ProfileDraft, current: Step) -> HttpResponse:
    """The screens are no form of fields: a switch each, drawn by a template of their own."""
    errors: list[str] = []
    if request.method == "POST":
        save_profile_draft(draft, hidden_panes=sent_panes(draft, request.POST))
        errors = check_draft(draft)[1].get("hidden_panes", [])
        if not errors and "stay" not in request.POST and "all" not in request.POST:
            return redirect("profile-wizard", draft.pk, STEPS.after(current).key)
    page = pane_page(draft, request.POST.get("version", ""))
    return _show(request, draft, current, errors=errors, **page)


def _show(request: HttpRequest, draft: ProfileDraft, current: Step, **more: Any) -> HttpResponse:
    wrong = {_step_of(name) for name in check_draft(draft)[1]}
    values = {
        "section": "profile-list",
        "draft": draft,
        "current": current,
        "steps": STEPS.rail(current, "profile-wizard", draft.pk, wrong=wrong),
        "previous": STEPS.before(current),
        "beside": BESIDE,
        **more,
    }
    return render(request, f"enrollment/profiles/wizard_{current.key.replace('-', '_')}.html", values)


def _step_of(name: str) -> str:
    return str(FIELDS[name].step) if name in FIELDS else str(Part.BASICS)


def _review(draft: ProfileDraft) -> dict[str, Any]:
    settings, errors = check_draft(draft)
    labels = {"name": _("Name"), "__all__": _("Profile")}
    missing = [
        (sentence, FIELDS[name].label if name in FIELDS else labels[name], _step_of(name))
        for name, sentences in errors.items()
        for sentence in sentences
    ]
    said = None if errors else payload(settings, profile_name=draft.name, org_magic="…")
    consequences = draft_consequences(draft, settings)
    return {
        "missing": missing,
        "facts": in_words(settings, reader=draft.owner),
        "findings": lint_profile(settings, platform=draft.platform, reader=draft.owner),
        "payload": said,
        **(vars(consequences) if consequences else {}),
    }


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
    return _step_of(BY_APPLES_KEY.get(revision.refused_field, "name"))


@require_POST
def ask_apple_again(request: HttpRequest, pk: int) -> HttpResponse:
    """A profile Apple refused, or has not been asked for yet, without a change."""
    profile = _profile(request, pk)
    check(request.user, Permission.UPDATE_PROFILE)
    _tell_apple(request, profile)
    tasks.enqueue(tasks.run_reconcile, profile.token_id)
    return redirect("profile-detail", profile.pk)


@require_POST
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    delete_profile_draft(_draft(request, pk), by=request.user)
    return redirect("profile-list")
