from django.urls import include, path

urlpatterns = [
    path("accounts/", include("allauth.account.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("api/v1/", include("enrollment.api.urls")),
    path("", include("enrollment.web.urls")),
]
