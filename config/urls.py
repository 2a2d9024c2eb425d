from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.i18n import set_language

urlpatterns = [
    path("accounts/", include("allauth.account.urls")),
    # Also for those who have yet to sign in.
    path("i18n/setlang/", login_not_required(set_language), name="set_language"),
    path("api/v1/", include("enrollment.api.urls")),
    path("", include("enrollment.web.urls")),
]
