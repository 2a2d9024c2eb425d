from django.contrib.auth.decorators import login_not_required
from django.urls import include, path, re_path
from drf_spectacular.views import SpectacularAPIView, SpectacularRedocView, SpectacularSwaggerView
from rest_framework.routers import SimpleRouter

from enrollment.api.activation_locks import ActivationLockViewSet
from enrollment.api.api_keys import ApiKeyViewSet
from enrollment.api.audit import AuditViewSet
from enrollment.api.calendar import CalendarViewSet
from enrollment.api.catalogues import ProfileSettingViewSet, SetupPaneViewSet
from enrollment.api.channels import ChannelDeliveryViewSet, ChannelViewSet
from enrollment.api.dashboard import DashboardViewSet
from enrollment.api.default_profiles import DefaultProfileViewSet
from enrollment.api.devices import DeviceViewSet
from enrollment.api.doctor import DoctorViewSet
from enrollment.api.documentation import with_own_policy
from enrollment.api.foreign_profiles import ForeignProfileViewSet
from enrollment.api.index import Index
from enrollment.api.me import MeViewSet, SessionViewSet
from enrollment.api.nowhere import Nowhere
from enrollment.api.operations import OperationViewSet
from enrollment.api.people import PersonViewSet
from enrollment.api.profile_contents import ProfileContentViewSet
from enrollment.api.profile_drafts import ProfileDraftViewSet
from enrollment.api.profiles import ProfileViewSet
from enrollment.api.revisions import RevisionViewSet
from enrollment.api.roles import RoleViewSet
from enrollment.api.rule_conditions import RuleConditionViewSet
from enrollment.api.rules import RuleViewSet, TokenRuleViewSet
from enrollment.api.saved_views import DeviceColumnsViewSet, SavedViewViewSet
from enrollment.api.scope_tags import ScopeTagViewSet
from enrollment.api.serial_lists import SerialListViewSet
from enrollment.api.sign_in_settings import SignInSettingsViewSet
from enrollment.api.syncs import SyncRunViewSet
from enrollment.api.token_drafts import TokenDraftViewSet
from enrollment.api.token_renewal import TokenRenewalViewSet
from enrollment.api.tokens import TokenViewSet
from enrollment.api.vpp_tokens import VppTokenViewSet
from enrollment.api.warnings import WarningViewSet

router = SimpleRouter(use_regex_path=False)
router.register("tokens", TokenViewSet, basename="api-token")
router.register("tokens", TokenRenewalViewSet, basename="api-token-renewal")
router.register("tokens", DefaultProfileViewSet, basename="api-default-profile")
router.register("token-drafts", TokenDraftViewSet, basename="api-token-draft")
router.register("vpp-tokens", VppTokenViewSet, basename="api-vpp-token")
router.register("syncs", SyncRunViewSet, basename="api-sync")
router.register("profiles", ProfileViewSet, basename="api-profile")
router.register("profiles", ProfileContentViewSet, basename="api-profile-content")
router.register("profiles/<int:profile>/revisions", RevisionViewSet, basename="api-revision")
router.register("profile-drafts", ProfileDraftViewSet, basename="api-profile-draft")
router.register("profile-settings", ProfileSettingViewSet, basename="api-profile-setting")
router.register("setup-panes", SetupPaneViewSet, basename="api-setup-pane")
router.register("foreign-profiles", ForeignProfileViewSet, basename="api-foreign-profile")
router.register("devices", DeviceViewSet, basename="api-device")
router.register("operations", OperationViewSet, basename="api-operation")
router.register("activation-locks", ActivationLockViewSet, basename="api-activation-lock")
router.register("device-views", SavedViewViewSet, basename="api-device-view")
router.register("serial-lists", SerialListViewSet, basename="api-serial-list")
router.register("rules", RuleViewSet, basename="api-rule")
router.register("tokens/<int:token>/rules", TokenRuleViewSet, basename="api-token-rule")
router.register("warnings", WarningViewSet, basename="api-warning")
router.register("audit", AuditViewSet, basename="api-audit")
router.register("me/sessions", SessionViewSet, basename="api-session")
router.register("people", PersonViewSet, basename="api-person")
router.register("roles", RoleViewSet, basename="api-role")
router.register("scope-tags", ScopeTagViewSet, basename="api-scope-tag")
router.register("channels", ChannelViewSet, basename="api-channel")
router.register("channels/<int:channel>/deliveries", ChannelDeliveryViewSet, basename="api-channel-delivery")
router.register("api-keys", ApiKeyViewSet, basename="api-api-key")

SETTINGS = {"get": "show", "put": "change"}
CALENDAR = {"get": "show", "post": "make", "delete": "revoke"}
ALONE = (
    "schema",
    "docs",
    "redoc",
    "me",
    "dashboard",
    "device-columns",
    "doctor",
    "rule-conditions",
    "sign-in-settings",
)
NOUNS = tuple(dict.fromkeys([*ALONE, *(prefix for prefix, *_more in router.registry if "<" not in prefix)]))

# Programs sign in with a key, which Django's own login knows nothing of: REST framework asks for it itself.
urlpatterns = [
    path("schema/", login_not_required(SpectacularAPIView.as_view()), name="api-schema"),
    path("docs/", with_own_policy(SpectacularSwaggerView.as_view(url_name="api-schema")), name="api-docs"),
    path("redoc/", with_own_policy(SpectacularRedocView.as_view(url_name="api-schema")), name="api-redoc"),
    path("dashboard/", DashboardViewSet.as_view({"get": "show"}), name="api-dashboard"),
    path("device-columns/", DeviceColumnsViewSet.as_view({"get": "show", "put": "choose"}), name="api-device-columns"),
    path("doctor/", DoctorViewSet.as_view({"get": "diagnose"}), name="api-doctor"),
    path("rule-conditions/", RuleConditionViewSet.as_view({"get": "show"}), name="api-rule-conditions"),
    path("me/", MeViewSet.as_view({"get": "show", "patch": "change"}), name="api-me"),
    path("me/calendar/", CalendarViewSet.as_view(CALENDAR), name="api-calendar"),
    path("sign-in-settings/", SignInSettingsViewSet.as_view(SETTINGS), name="api-sign-in-settings"),
    path("", include(router.urls)),
    path("", Index.as_view(nouns=NOUNS), name="api-index"),
    re_path(".", Nowhere.as_view(), name="api-nowhere"),
]
