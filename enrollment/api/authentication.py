from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed, Throttled
from rest_framework.request import Request

from enrollment.api.throttle import FailuresPerAddress
from enrollment.models import ApiKey, Person
from enrollment.models.audit_entry import origin

# "Last used" is for people; it need not cost a write with every request.
LAST_USED_EVERY = timedelta(minutes=1)


class ApiKeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer pomona_…`: the program is the key's person."""

    def authenticate(self, request: Request) -> tuple[Person, ApiKey] | None:
        scheme, _space, key = get_authorization_header(request).decode("latin-1").partition(" ")
        if scheme.lower() != "bearer":
            return None
        now = timezone.now()
        found = ApiKey.objects.find(key.strip(), now)
        if found is None:
            _count_failure(request)
            raise AuthenticationFailed(_("This API key is unknown, has expired or was revoked."))
        if found.last_used_at is None or now - found.last_used_at > LAST_USED_EVERY:
            ApiKey.objects.filter(pk=found.pk).update(last_used_at=now)
        origin.set(f"{request.META.get('REMOTE_ADDR', '')} · {found.beginning}…")
        found.person.key = found
        return found.person, found

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


def _count_failure(request: Request) -> None:
    """Throttled when too many wrong keys came from the same address."""
    failures = FailuresPerAddress()
    if not failures.allow_request(request, None):
        raise Throttled(failures.wait())


class ApiKeyScheme(OpenApiAuthenticationExtension):
    """How the schema speaks of it."""

    target_class = ApiKeyAuthentication
    name = "apiKey"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        words = "A key made on the page API keys, at `api-keys/`, or by `manage.py make_api_key PERSON`."
        return {"type": "http", "scheme": "bearer", "description": words}
