"""Everything is set by the environment; with nothing set, one machine runs the whole program from its data folder."""

from pathlib import Path
from urllib.parse import urlsplit

import environ
import structlog
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from config.hide_secrets import hide_secrets
from config.oidc import for_allauth, openid_provider
from config.own_secrets import own_secrets
from enrollment import limits
from enrollment.messengers.addresses import networks

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

DATA_DIR = Path(env.str("DATA_DIR", str(BASE_DIR / "data"))).resolve()
DEBUG = env.bool("DEBUG", False)

_own = own_secrets(DATA_DIR) if not ("SECRET_KEY" in env.ENVIRON and "FIELD_KEYS" in env.ENVIRON) else {}
SECRET_KEY = env.str("SECRET_KEY", _own.get("SECRET_KEY"))
# The first key encrypts; all of them decrypt, so that keys can be rotated.
FIELD_KEYS = env.list("FIELD_KEYS", default=[_own.get("FIELD_KEYS")])

# A name, not an address, so that passkeys work.
BASE_URL = env.str("BASE_URL", "http://localhost:8000").rstrip("/")
_base = urlsplit(BASE_URL)
IS_HTTPS = _base.scheme == "https"
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[_base.hostname, "localhost", "127.0.0.1"])
# A proxy in front that ends TLS, and must be told to write X-Forwarded-Proto and X-Forwarded-For itself.
BEHIND_PROXY = env.bool("BEHIND_PROXY", False)
CSRF_TRUSTED_ORIGINS = [f"{_base.scheme}://{_base.netloc}"]

# Where new tokens talk to. A token keeps the address it was made with.
APPLE_URL = env.str("APPLE_URL", "https://mdmenrollment.apple.com").rstrip("/")
# Apple ids and mail in the demo are pretended too: mails are files that a page shows.
SHOW_MAILS = env.bool("SHOW_MAILS", False)

INSTALLED_APPS = [
    "enrollment",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "crispy_forms",
    "django_htmx",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "csp",
]

MIDDLEWARE = [
    "enrollment.web.middleware.believe_the_proxy",
    "django.middleware.security.SecurityMiddleware",
    "enrollment.web.middleware.allow_nothing_else",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "enrollment.web.middleware.keep_no_copy",
    "enrollment.web.health.answer_probes",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "enrollment.web.request_size.bound_requests",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "enrollment.web.middleware.remember_origin",
    "enrollment.web.refusals.remember_refusals",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "enrollment.web.require_factor.require_second_factor",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
ASGI_APPLICATION = "config.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "enrollment.web.context.frame",
            ],
        },
    },
]

# --- What we remember -------------------------------------------------------------------------------------------------
DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'pomona.sqlite3'}")}
_database = DATABASES["default"]
if _database["ENGINE"] == "django.db.backends.sqlite3":
    _database["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA temp_store=MEMORY; "
        # For 200,000 devices: their index fits into memory (KiB), and the log is not folded in after every page.
        "PRAGMA cache_size=-32000; PRAGMA wal_autocheckpoint=8000;",
    }
    # A file, as in real life: tests with threads and processes need one.
    _database["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}
else:
    _database["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", 60)
    _database["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL", "")
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
    if REDIS_URL
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "pomona"}
}

# LIM-14: released devices stay listed for so many days.
RELEASED_KEPT_DAYS = env.int("RELEASED_KEPT_DAYS", limits.RELEASED_KEPT_FOR.days)
if not limits.RELEASED_KEPT_DAYS[0] <= RELEASED_KEPT_DAYS <= limits.RELEASED_KEPT_DAYS[1]:
    raise ImproperlyConfigured(
        f"RELEASED_KEPT_DAYS must be between {limits.RELEASED_KEPT_DAYS[0]} and {limits.RELEASED_KEPT_DAYS[1]} days."
    )
# AUD-1: the audit log goes back so many days; 0 keeps it for ever.
AUDIT_KEPT_DAYS = env.int("AUDIT_KEPT_DAYS", limits.AUDIT_KEPT_DAYS)
if AUDIT_KEPT_DAYS and AUDIT_KEPT_DAYS < limits.AUDIT_KEPT_DAYS_AT_LEAST:
    raise ImproperlyConfigured(
        f"AUDIT_KEPT_DAYS must be 0, which keeps everything, or at least {limits.AUDIT_KEPT_DAYS_AT_LEAST}."
    )

# VPP-1: the app whose licences an enrollment needs, by its number in the App Store.
COMPANY_PORTAL_APP = env.str("COMPANY_PORTAL_APP", "719171358")
if not (COMPANY_PORTAL_APP.isascii() and COMPANY_PORTAL_APP.isdecimal() and len(COMPANY_PORTAL_APP) <= 20):
    raise ImproperlyConfigured("COMPANY_PORTAL_APP must be the number of an app in the App Store, such as 719171358.")

# --- The clock and the queue ------------------------------------------------------------------------------------------
QUEUE_DIR = DATA_DIR / "queue"
if REDIS_URL:
    CELERY_BROKER_URL = REDIS_URL
    CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 3600}
else:
    CELERY_BROKER_URL = "filesystem://localhost//"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        # One folder in and out: what is put in by one process is taken out by another.
        "data_folder_in": str(QUEUE_DIR / "messages"),
        "data_folder_out": str(QUEUE_DIR / "messages"),
        "control_folder": str(QUEUE_DIR / "control"),
        "polling_interval": 0.2,
    }
    for _folder in ("messages", "control"):
        (QUEUE_DIR / _folder).mkdir(parents=True, exist_ok=True)
CELERY_TASK_IGNORE_RESULT = True
# A message is done with when a worker takes it: what a dead worker leaves behind, the clock finds in the rows. Messages
# held back would only be in the way when Redis goes away: the worker dies of putting them back.
CELERY_TASK_ACKS_LATE = False
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_DEFAULT_QUEUE = "short"
CELERY_TASK_ROUTES = {
    "enrollment.tasks.run_sync": {"queue": "long"},
    "enrollment.tasks.run_reconcile": {"queue": "long"},
    "enrollment.tasks.run_read_licences": {"queue": "long"},  # an Apple that hangs would hold up the clock
}
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat-schedule")
# The message of a minute nobody took is worth nothing in the next one: it expires, so that no flood waits for a worker.
CELERY_BEAT_SCHEDULE = {
    "every minute": {"task": "enrollment.tasks.every_minute", "schedule": 60.0, "options": {"expires": 50}},
    "every hour": {"task": "enrollment.tasks.every_hour", "schedule": 3600.0, "options": {"expires": 3000}},
    # Apart, so that a log somebody has tampered with keeps nothing else from being done.
    "seal the audit log": {"task": "enrollment.tasks.run_seal", "schedule": 60.0, "options": {"expires": 50}},
    "keep the audit log": {"task": "enrollment.tasks.keep_audit", "schedule": 3600.0, "options": {"expires": 3000}},
}

# --- People -----------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "enrollment.Person"
AUTHENTICATION_BACKENDS = ["enrollment.web.accounts.OnlyPeople"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "enrollment.web.accounts.Accounts"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # nobody gets mail because somebody else typed an address
ACCOUNT_EMAIL_SUBJECT_PREFIX = "[Pomona] "
ACCOUNT_DEFAULT_HTTP_PROTOCOL = _base.scheme
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,5/5m/key"}  # told in enrollment/web/accounts.py

MFA_ADAPTER = "enrollment.web.second_factors.SecondFactors"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_ALLOW_UNVERIFIED_EMAIL = True  # administrators vouch for people, not their mailboxes
MFA_TOTP_ISSUER = "Pomona"
MFA_TOTP_TOLERANCE = 1  # clocks of telephones are half a minute off
MFA_FORMS = {
    "authenticate": "enrollment.web.forms.second_factors.CodeForm",
    "reauthenticate": "enrollment.web.forms.second_factors.CodeAgainForm",
    "authenticate_webauthn": "enrollment.web.forms.second_factors.PasskeyForm",
    "reauthenticate_webauthn": "enrollment.web.forms.second_factors.PasskeyAgainForm",
    "login_webauthn": "enrollment.web.forms.second_factors.PasskeySignInForm",
    "add_webauthn": "enrollment.web.forms.second_factors.NewPasskeyForm",
}

OIDC = openid_provider(env)
SOCIALACCOUNT_PROVIDERS = for_allauth(OIDC)
SOCIALACCOUNT_ADAPTER = "enrollment.web.provider.Provider"
SOCIALACCOUNT_REQUESTS_TIMEOUT = 10

# --- Mail -------------------------------------------------------------------------------------------------------------
MAIL_DIR = DATA_DIR / "mails"
if SHOW_MAILS:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = str(MAIL_DIR)
else:
    vars().update(env.email("EMAIL_URL", default="smtp://localhost:25"))
EMAIL_TIMEOUT = 20
# WARN-3: what webhooks may reach besides the internet, such as 10.0.0.0/8.
try:
    WEBHOOKS_MAY_REACH = networks(env.list("WEBHOOKS_MAY_REACH", default=[]))
except ValueError as error:
    raise ImproperlyConfigured(f"WEBHOOKS_MAY_REACH must be networks, such as 10.0.0.0/8: {error}") from None
DEFAULT_FROM_EMAIL = env.str("MAIL_FROM", f"pomona@{_base.hostname}")

# --- Language, files, forms -------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("fr", _("French"))]
LOCALE_PATHS = [BASE_DIR / "enrollment" / "locale"]
TIME_ZONE = env.str("TIME_ZONE", "UTC")
USE_TZ = True
STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = True
CRISPY_TEMPLATE_PACK = "forms"
CRISPY_ALLOWED_TEMPLATE_PACKS = ("forms",)
# The most that any view takes, for a list may be pasted; web/request_size.py bounds each view by itself.
DATA_UPLOAD_MAX_MEMORY_SIZE = limits.SERIAL_LIST_BYTES + limits.AROUND_BYTES
# A bulk action posts the serial numbers of a page, never of a list.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000

# --- API --------------------------------------------------------------------------------------------------------------
# API-3: so many requests of one key; "600/min" is ten a second.
API_RATE = env.str("API_RATE", "600/min")
# And so many with a wrong key from one address.
API_FAILURE_RATE = env.str("API_FAILURE_RATE", "30/min")
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "enrollment.api.authentication.ApiKeyAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["enrollment.api.parser.Json"],
    "DEFAULT_SCHEMA_CLASS": "enrollment.api.schema.Operation",
    "DEFAULT_THROTTLE_CLASSES": ["enrollment.api.throttle.RequestsPerKey"],
    "EXCEPTION_HANDLER": "enrollment.api.problem.answer_with_problem",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Pomona",
    "DESCRIPTION": "Apple Automated Device Enrollment: tokens, devices, profiles and what is assigned to whom.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    # Choices of the same name stand under several nouns.
    "ENUM_NAME_OVERRIDES": {
        "AppleProfileStatus": "enrollment.models.AppleProfileStatus",
        "AssignmentState": "enrollment.models.AssignmentState",
        "ChangeKind": "enrollment.models.ChangeKind",
        "ChannelKind": "enrollment.models.ChannelKind",
        "Dropped": "enrollment.models.Dropped",
        "ExpiryKind": "enrollment.actions.warnings.expiries.ExpiryKind",
        "Health": "enrollment.models.Health",
        "KeyStatus": "enrollment.models.KeyStatus",
        "OperationKind": "enrollment.models.OperationKind",
        "OperationStatus": "enrollment.models.OperationStatus",
        "Permission": "enrollment.models.Permission",
        "Rhythm": "enrollment.models.Rhythm",
        "RuleMode": "enrollment.models.RuleMode",
        "SerialVerdict": "enrollment.models.SerialVerdict",
        "Severity": "enrollment.models.Severity",
        "SyncKind": "enrollment.models.SyncKind",
        "SyncStatus": "enrollment.models.SyncStatus",
        "Supply": "enrollment.models.licence_stock.Supply",
        "TellingState": "enrollment.actions.warnings.told_about.TellingState",
        "TokenStatus": "enrollment.models.TokenStatus",
        "ToldFrom": "enrollment.api.serializers.me.TOLD_FROM",
        "Verdict": "enrollment.models.Verdict",
        "VppTokenStatus": "enrollment.models.VppTokenStatus",
        "WishedBy": "enrollment.models.WishedBy",
    },
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "enrollment.api.schema.say_what_all_have",
        "enrollment.api.about.say_what_it_is",
        "enrollment.api.choice_names.name_choices",
    ],
}

# --- Headers ----------------------------------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
# Everything a page of ours has no use for. Copying and passkeys are used, on these pages alone.
PERMISSIONS_POLICY = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer", "browsing-topics", "camera", "display-capture", "geolocation", "gyroscope",
        "hid", "idle-detection", "local-fonts", "magnetometer", "microphone", "midi", "payment", "screen-wake-lock",
        "serial", "usb", "xr-spatial-tracking",
    )
)  # fmt: skip
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
# A browser takes a cookie of such a name from this very host over https alone: no neighbour under the same domain, and
# nobody on the line, can set it.
if IS_HTTPS:
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
SECURE_SSL_REDIRECT = IS_HTTPS
SECURE_REDIRECT_EXEMPT = [r"^health/(live|ready)$"]  # a balancer asks past the proxy that ends TLS
SECURE_HSTS_SECONDS = 31_536_000 if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = IS_HTTPS
# Behind a proxy that ends TLS, the proxy says so in this header; it must be told to set it itself.
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# --- Logs -------------------------------------------------------------------------------------------------------------
_before_rendering = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": structlog.stdlib.ProcessorFormatter,
            "processors": [
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                hide_secrets,
                structlog.processors.JSONRenderer()
                if env.bool("LOG_JSON", False)
                else structlog.dev.ConsoleRenderer(colors=False),
            ],
            "foreign_pre_chain": _before_rendering,
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", "INFO")},
    "loggers": {
        "django.request": {"level": "ERROR"},
        "django.security.DisallowedHost": {"level": "CRITICAL"},
        # At DEBUG it tells what it signs, and the signature.
        "oauthlib": {"level": "INFO"},
        # At DEBUG it tells the paths it asks for: those of webhooks are secret.
        "urllib3.connectionpool": {"level": "INFO"},
        # The whole address, where it warns of headers it does not understand.
        "urllib3.connection": {"level": "ERROR"},
    },
}
structlog.configure(
    processors=[*_before_rendering, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
