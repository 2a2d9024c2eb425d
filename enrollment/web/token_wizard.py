from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from enrollment import tasks
from enrollment.actions.tokens.connect_token import DraftIncomplete, Missing, connect_token, what_is_missing
from enrollment.actions.tokens.delete_token_draft import delete_token_draft
from enrollment.actions.tokens.hand_out_certificate import ConsentMissing, hand_out_certificate
from enrollment.actions.tokens.make_key_pair import make_key_pair
from enrollment.actions.tokens.open_token_file import open_token_file
from enrollment.actions.tokens.save_token_draft import save_token_draft
from enrollment.actions.tokens.start_token import start_token
from enrollment.actions.tokens.verify_token import verify_token
from enrollment.apple.errors import TokenFileError
from enrollment.models import Permission, TokenDraft
from enrollment.permissions import check
from enrollment.web.forms.tokens import ConsentForm, FileForm, ScopeForm, initial_of
from enrollment.web.wizard import Step, Steps

STEPS = Steps(
    Step("basics", gettext_lazy("Basics"), ConsentForm),
    Step("token", gettext_lazy("Apple token"), FileForm),
    Step("scope", gettext_lazy("Scope tags"), ScopeForm),
    Step("review", gettext_lazy("Review + create")),
)
# On which step what is missing can be given.
WHERE = {
    Missing.CONSENT: "basics",
    Missing.CERTIFICATE: "basics",
    Missing.NAME: "token",
    Missing.NAME_TAKEN: "token",
    Missing.APPLE_ID: "token",
    Missing.FILE: "token",
    Missing.SCOPE: "scope",
    Missing.ROOM: "review",
}


def _draft(request: HttpRequest, pk: int) -> TokenDraft:
    draft = get_object_or_404(TokenDraft.objects.visible_to(request.user), pk=pk)
    check(request.user, Permission.CREATE_TOKEN)
    return draft


@require_POST
def new(request: HttpRequest) -> HttpResponse:
    check(request.user, Permission.CREATE_TOKEN)
    draft = start_token(by=request.user)
    return redirect("token-wizard", draft.pk, STEPS.first().key)


def step(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    draft = _draft(request, pk)
    current = STEPS.find(key)
    if current is None:
        raise Http404
    if draft.consented_at is None and current is not STEPS.first():
        return redirect("token-wizard", pk, STEPS.first().key)
    if current.form is None:
        return _show(request, draft, current, None)
    form = _form(request, draft, current)
    if request.method == "POST" and form.is_valid() and _save(request, draft, form):
        return redirect("token-wizard", pk, STEPS.after(current).key)
    return _show(request, draft, current, form)


def _form(request: HttpRequest, draft: TokenDraft, current: Step) -> Any:
    more = {"person": request.user} if current.form is ScopeForm else {}
    if request.method == "POST":
        return current.form(request.POST, request.FILES, **more)
    return current.form(initial=initial_of(draft), **more)


def _save(request: HttpRequest, draft: TokenDraft, form: forms.Form) -> bool:
    """Keep what was typed; False, with the sentence at its field, when the file is not what it should be."""
    data = dict(form.cleaned_data)
    file = data.pop("file", None)
    save_token_draft(draft, by=request.user, **data)
    if not file:
        return True
    try:
        open_token_file(draft, file.read(), file.name, by=request.user)
    except TokenFileError as error:
        form.add_error("file", f"{_(error.sentence) % error.details} {_(error.advice) % error.details}")
        return False
    return True


def _show(request: HttpRequest, draft: TokenDraft, current: Step, form: Any) -> HttpResponse:
    missing = what_is_missing(draft)
    wrong = {WHERE[what] for what in missing}
    values = {
        "section": "token-list",
        "draft": draft,
        "form": form,
        "current": current,
        "steps": STEPS.rail(current, "token-wizard", draft.pk, wrong=wrong, is_open=draft.consented_at is not None),
        "previous": STEPS.before(current),
        "missing": [(_(str(what)), WHERE[what]) for what in missing],
        "key_pair": draft.key_pair,
        "portal": f"{draft.apple_url}/portal",
    }
    return render(request, f"enrollment/tokens/wizard_{current.key}.html", values)


@require_POST
def certificate(request: HttpRequest, pk: int) -> HttpResponse:
    """The `.pem` for the portal; agreeing and downloading are one click, as the consent stands right above."""
    draft = _draft(request, pk)
    if request.POST.get("consents"):
        save_token_draft(draft, by=request.user, consents=True)
    try:
        pem = hand_out_certificate(draft, by=request.user)
    except ConsentMissing as error:
        messages.error(request, _(error.sentence))
        return redirect("token-wizard", pk, STEPS.first().key)
    answer = HttpResponse(pem, content_type="application/x-pem-file")
    answer["Content-Disposition"] = 'attachment; filename="pomona-public-key.pem"'
    answer["Cache-Control"] = "no-store"
    return answer


@require_POST
def new_key(request: HttpRequest, pk: int) -> HttpResponse:
    draft = _draft(request, pk)
    make_key_pair(draft, by=request.user)
    messages.success(request, _("There is a new key pair. Download its public key and upload it in the portal."))
    return redirect("token-wizard", pk, STEPS.first().key)


@require_POST
def create(request: HttpRequest, pk: int) -> HttpResponse:
    draft = _draft(request, pk)
    try:
        token = connect_token(draft, by=request.user)
    except DraftIncomplete:
        return redirect("token-wizard", pk, "review")
    if verify_token(token, by=request.user):
        messages.success(request, _("The token is connected. Its devices are being fetched."))
    else:
        messages.warning(request, _("The token is kept. Apple could not be asked yet; that is tried again."))
    for run in token.sync_runs.open():
        tasks.enqueue(tasks.run_sync, run.pk)
    return redirect("token-detail", token.pk)


@require_POST
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    delete_token_draft(_draft(request, pk), by=request.user)
    return redirect("token-list")
