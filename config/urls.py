from django.urls import include, path

from enrollment.web.language import choose_language

handler500 = "config.errors.went_wrong"
urlpatterns = [
    path("accounts/", include("allauth.account.urls")),
    path("i18n/setlang/", choose_language, name="set_language"),
    path("api/v1/", include("enrollment.api.urls")),
    path("", include("enrollment.web.urls")),
]
