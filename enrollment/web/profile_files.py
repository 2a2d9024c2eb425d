from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from enrollment import limits
from enrollment.actions.profiles.export_profile import export_profile
from enrollment.actions.profiles.import_foreign_profile import import_foreign_profile
from enrollment.actions.profiles.import_profile import import_profile
from enrollment.actions.profiles.start_profile import READY, TokenNotActive
from enrollment.models import ForeignProfile, Permission, Profile, Token
from enrollment.models.profile_file import Complaint, NotAProfileFile
from enrollment.models.typed_key import typed_key
from enrollment.permissions import check
from enrollment.web.request_size import takes_up_to

TYPES = {"json": "application/json", "yaml": "application/yaml"}


def export(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """A file to keep, to compare, or to import elsewhere."""
    profile = get_object_or_404(Profile.objects.visible_to(request.user).select_related("current"), pk=pk)
    check(request.user, Permission.READ_PROFILE)
    if kind not in TYPES:
        raise Http404
    text = export_profile(profile, as_yaml=kind == "yaml", by=request.user)
    name = slugify(profile.name) or "profile"
    headers = {"Content-Disposition": f'attachment; filename="{name}.{kind}"'}
    return HttpResponse(text, content_type=f"{TYPES[kind]}; charset=utf-8", headers=headers)


@takes_up_to(limits.PROFILE_FILE_BYTES)
def new(request: HttpRequest) -> HttpResponse:
    """A file becomes a draft; with a fault in it, nothing is changed, and every fault is told with its line."""
    check(request.user, Permission.CREATE_PROFILE)
    tokens = Token.objects.visible_to(request.user)
    ready = tokens.with_status().filter(status_now__in=[status.value for status in READY])
    chosen = request.POST.get("token", "")
    complaints: tuple[Complaint, ...] = ()
    pasted = request.POST.get("text", "")
    if request.method == "POST":
        token = get_object_or_404(tokens, pk=typed_key(chosen))
        file = request.FILES.get("file")
        try:
            draft, left_out = import_profile(
                file.read(limits.PROFILE_FILE_BYTES + 1) if file else pasted.encode(), token=token, by=request.user
            )
        except NotAProfileFile as error:
            complaints = error.complaints
        except TokenNotActive as error:
            complaints = (Complaint(0, "", _(error.sentence)),)
        else:
            if left_out:
                messages.warning(
                    request, _("Left out, for no setting stands for it: %(keys)s.") % {"keys": ", ".join(left_out)}
                )
            return redirect("profile-wizard", draft.pk, "review")
    values = {
        "section": "profile-list",
        "tokens": ready,
        "chosen": chosen,
        "complaints": complaints,
        "text": pasted,
    }
    return render(request, "enrollment/profiles/import.html", values)


@require_POST
def take_over(request: HttpRequest, pk: int) -> HttpResponse:
    """A profile another tool made becomes a draft of ours (DEV-4b)."""
    foreign = get_object_or_404(ForeignProfile.objects.visible_to(request.user).select_related("token"), pk=pk)
    check(request.user, Permission.CREATE_PROFILE)
    try:
        draft = import_foreign_profile(foreign, by=request.user)
    except TokenNotActive as error:
        messages.error(request, _(error.sentence))
        return redirect("token-tab", foreign.token_id, "profiles")
    return redirect("profile-wizard", draft.pk, "review")
