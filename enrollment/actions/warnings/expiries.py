from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from enrollment import limits
from enrollment.actions.warnings.look import Look
from enrollment.models import ApiKey, Permission, Person, Profile, Token, VppToken
from enrollment.models.api_key import ApiKeyQuerySet
from enrollment.models.profile import ProfileQuerySet
from enrollment.models.profile_certificates import carried_certificates
from enrollment.permissions import may


class ExpiryKind(models.TextChoices):
    """What can come to its end."""

    TOKEN = "token", gettext_lazy("Enrollment program token")
    VPP_TOKEN = "vpp_token", gettext_lazy("VPP token")
    CERTIFICATE = "certificate", gettext_lazy("Certificate")
    API_KEY = "api_key", gettext_lazy("API key")


SENTENCES = {
    ExpiryKind.TOKEN: gettext_noop("The token “%(name)s” expires"),
    ExpiryKind.VPP_TOKEN: gettext_noop("The VPP token “%(name)s” expires"),
    ExpiryKind.CERTIFICATE: gettext_noop("The certificate “%(name)s” expires"),
    ExpiryKind.API_KEY: gettext_noop("The API key “%(name)s” expires"),
}
REMEDIES = {
    ExpiryKind.TOKEN: gettext_noop(
        "Renew it before then: download a new server token in Apple's portal, and upload it here."
    ),
    ExpiryKind.VPP_TOKEN: gettext_noop(
        "Renew it before then: download a new content token in Apple's portal, and upload it here."
    ),
    ExpiryKind.CERTIFICATE: gettext_noop("Put its successor into the profiles that carry it: %(profiles)s."),
    ExpiryKind.API_KEY: gettext_noop("Make a new key before then, and give it to the program that uses this one."),
}


@dataclass(frozen=True, kw_only=True)
class Expiry:
    """Something that ends, or has ended and was not replaced. Its words are in the language that is active.

    `key` is the same for as long as the object lives: a renewed token is the same expiry at a later time.
    """

    kind: ExpiryKind
    key: str
    name: str
    expires_at: datetime
    known_since: datetime | None = None  # it has not ended at another time since, as far as that is known
    token: Token | None = None
    vpp_token: VppToken | None = None
    api_key: ApiKey | None = None
    profiles: tuple[Profile, ...] = ()

    def has_expired(self, now: datetime) -> bool:
        return self.expires_at <= now

    def days_left(self, now: datetime) -> int:
        """Whole days; negative when it is over."""
        return (self.expires_at - now) // timedelta(days=1)

    @property
    def sentence(self) -> str:
        """What is known of it, before and after."""
        return _(SENTENCES[self.kind]) % {"name": self.name}

    @property
    def remedy(self) -> str:
        return _(REMEDIES[self.kind]) % {"profiles": ", ".join(profile.name for profile in self.profiles)}

    @property
    def link(self) -> str:
        """The page where something is done about it, as a path."""
        if self.token:
            return reverse("token-detail", args=[self.token.pk])
        if self.vpp_token:
            return reverse("vpp-token-detail", args=[self.vpp_token.pk])
        if self.api_key:
            # Among all, for the list alone shows those that still open a door.
            said = {"show": "all", "q": self.api_key.beginning}
            return f"{reverse('api-key-list')}?{urlencode(said)}"
        return _where(self.profiles, self.expires_at)


def expiries(person: Person | None, until: datetime) -> list[Expiry]:
    """What ends by then of what the person may read and sees, the earliest first; None is the clock, which sees all.

    What has ended and was not replaced is among it.
    """
    look = Look(person, timezone.now())
    found = [*_api_keys(look, until)]
    if person is None or may(person, Permission.READ_TOKEN):
        found += [*_tokens(look, until), *_vpp_tokens(look, until)]
    if person is None or may(person, Permission.READ_PROFILE):
        found += _certificates(look, until)
    return sorted(found, key=lambda expiry: (expiry.expires_at, expiry.key))


def _tokens(look: Look, until: datetime) -> Iterator[Expiry]:
    for token in look.tokens.filter(expires_at__lte=until).only("name", "expires_at"):
        yield Expiry(
            kind=ExpiryKind.TOKEN,
            key=f"token-{token.pk}",
            name=token.name,
            expires_at=token.expires_at,
            known_since=_made(token, look),
            token=token,
        )


def _vpp_tokens(look: Look, until: datetime) -> Iterator[Expiry]:
    for token in look.vpp_tokens.filter(expires_at__lte=until).only("name", "expires_at"):
        yield Expiry(
            kind=ExpiryKind.VPP_TOKEN,
            key=f"vpp_token-{token.pk}",
            name=token.name,
            expires_at=token.expires_at,
            known_since=_made(token, look),
            vpp_token=token,
        )


def _made(token: Token | VppToken, look: Look) -> datetime:
    """Apple's tokens of both kinds live for a year from when they were downloaded."""
    return min(token.expires_at - limits.TOKEN_VALIDITY, look.now)


def _api_keys(look: Look, until: datetime) -> Iterator[Expiry]:
    keys = ApiKey.objects.visible_to(look.person) if look.person else ApiKeyQuerySet(ApiKey)
    for key in keys.ending(look.now).filter(expires_at__lte=until):
        if key.expires_at:
            yield Expiry(
                kind=ExpiryKind.API_KEY,
                key=f"api_key-{key.pk}",
                name=key.name,
                expires_at=key.expires_at,
                known_since=key.created_at,
                api_key=key,
            )


def _certificates(look: Look, until: datetime) -> Iterator[Expiry]:
    """Each certificate once, whatever the number of profiles that carry it."""
    seen = Profile.objects.visible_to(look.person) if look.person else ProfileQuerySet(Profile)
    for certificate, profiles in carried_certificates(seen):
        if certificate.expires_at <= until:
            yield Expiry(
                kind=ExpiryKind.CERTIFICATE,
                key=f"certificate-{certificate.fingerprint.replace(':', '').lower()}",
                name=certificate.subject,
                expires_at=certificate.expires_at,
                known_since=max(profile.current.created_at for profile in profiles if profile.current),
                profiles=tuple(profiles),
            )


def _where(profiles: Sequence[Profile], expires_at: datetime) -> str:
    if len(profiles) == 1:
        return reverse("profile-detail", args=[profiles[0].pk])
    tokens, day = {profile.token_id for profile in profiles}, timezone.localdate(expires_at)
    if len(tokens) == 1:
        return reverse("token-tab", args=[*tokens, "profiles"])
    return f"{reverse('profile-list')}?{urlencode({'certificate_since': day, 'certificate_until': day})}"
