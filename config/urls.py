from django.contrib.auth.decorators import login_not_required
from django.urls import include, path

from enrollment.api.calendar_feed import calendar_feed
from enrollment.api.metrics import Metrics
from enrollment.web import health
from enrollment.web.language import choose_language

handler500 = "config.errors.went_wrong"
handler429 = "enrollment.web.accounts.too_many"
urlpatterns = [
    path("accounts/", include("enrollment.web.sign_in_urls")),
    path("i18n/setlang/", choose_language, name="set_language"),
    path("api/v1/", include("enrollment.api.urls")),
    path("calendar/<str:secret>.ics", calendar_feed, name="api-calendar-feed"),
    # Programs sign in with a key, which Django's own login knows nothing of.
    path("metrics", login_not_required(Metrics.as_view()), name="api-metrics"),
    path("health/live", health.live, name="health-live"),
    path("health/ready", health.ready, name="health-ready"),
    path("", include("enrollment.web.urls")),
]
