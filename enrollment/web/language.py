from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST
from django.views.i18n import set_language as remember_in_browser

from enrollment.actions.access.set_language import set_language


@login_not_required
@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """For this browser, also before signing in; and for the mails to the person who is signed in."""
    if request.user.is_authenticated:
        set_language(request.user, request.POST.get("language", ""))
    return remember_in_browser(request)
