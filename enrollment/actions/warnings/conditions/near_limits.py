"""What comes near the limits of requirements.md section 1, before something is refused (WARN-1)."""

from collections.abc import Collection, Iterator, Mapping

from django.contrib.humanize.templatetags.humanize import intcomma
from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from enrollment import limits
from enrollment.actions.warnings.look import Look
from enrollment.actions.warnings.warning import A_DAY, Condition, StandingWarning
from enrollment.models import Permission, Profile, Severity, Token

OF_A_PROFILE = "profile-"


def in_words(warning: StandingWarning) -> dict[str, str]:
    """Its details, with figures as people write them."""
    return {name: intcomma(value) if isinstance(value, int) else value for name, value in warning.details.items()}


class _NearALimit(Condition):
    """A count goes up and down, and over the border again."""

    grace = A_DAY


class ManyTokens(_NearALimit):
    """LIM-3: of the installation."""

    id = "many_tokens"
    label = gettext_lazy("Almost as many tokens as possible")
    watches = gettext_lazy("From nine tenths of the tokens that an installation can have.")
    acts = Permission.CREATE_TOKEN

    def find(self, look: Look) -> Iterator[StandingWarning]:
        if look.sees_everything and (count := Token.objects.count()) >= limits.nearly(limits.TOKENS_PER_INSTALLATION):
            details = {"count": count, "most": limits.TOKENS_PER_INSTALLATION}
            yield StandingWarning(condition=self, severity=Severity.WARNING, details=details)

    def sentence(self, warning: StandingWarning) -> str:
        return _("There are %(count)s tokens; %(most)s are possible.") % in_words(warning)

    def remedy(self, warning: StandingWarning) -> str:
        return _("Delete tokens that nobody needs, or set up a second installation: beyond that one more is refused.")

    def link(self, warning: StandingWarning) -> str:
        return reverse("token-list")


class ManyProfiles(_NearALimit):
    """LIM-1: of a token."""

    id = "many_profiles"
    label = gettext_lazy("Almost as many profiles as possible")
    watches = gettext_lazy("From nine tenths of the profiles that a token can have.")
    needed, acts = Permission.READ_PROFILE, Permission.DELETE_PROFILE

    def find(self, look: Look) -> Iterator[StandingWarning]:
        of_tokens = Profile.objects.order_by().values_list("token").annotate(count=Count("*"))
        counts = dict(of_tokens.filter(count__gte=limits.nearly(limits.PROFILES_PER_TOKEN)))
        for token in look.tokens_of(counts):
            yield StandingWarning(
                condition=self,
                severity=Severity.WARNING,
                token=token,
                details={
                    "name": token.name,
                    "token": token.pk,
                    "count": counts[token.pk],
                    "most": limits.PROFILES_PER_TOKEN,
                },
            )

    def sentence(self, warning: StandingWarning) -> str:
        return _("“%(name)s” has %(count)s profiles; %(most)s are possible.") % in_words(warning)

    def remedy(self, warning: StandingWarning) -> str:
        return _("Delete profiles that no device needs: beyond that one more is refused.")

    def link(self, warning: StandingWarning) -> str:
        """The list of profiles: a page of the token is not for everybody who reads profiles."""
        return f"{reverse('profile-list')}?token={warning.details['token']}"


class ManyDevicesOfAProfile(_NearALimit):
    """LIM-2: `part` tells which profile of the token."""

    id = "many_devices_of_a_profile"
    label = gettext_lazy("Almost as many devices of a profile as possible")
    watches = gettext_lazy("From nine tenths of the devices that one profile can be wanted for.")
    needed, acts = Permission.READ_PROFILE, Permission.ASSIGN_PROFILE

    def find(self, look: Look) -> Iterator[StandingWarning]:
        of_profiles = look.devices.of_profiles
        tokens = {key: token for key, token in look.counted_tokens.items() if key in of_profiles}
        counts = {profile: count for key in tokens for profile, count in of_profiles[key].items()}
        for profile in Profile.objects.filter(pk__in=counts).only("name", "token") if counts else ():
            yield StandingWarning(
                condition=self,
                severity=Severity.WARNING,
                token=tokens[profile.token_id],
                part=f"{OF_A_PROFILE}{profile.pk}",
                details={
                    "name": profile.name,
                    "count": counts[profile.pk],
                    "most": limits.DEVICES_PER_PROFILE,
                    "profile": profile.pk,
                },
            )

    def names_of(self, parts: Collection[str]) -> Mapping[str, str]:
        keys = {part.removeprefix(OF_A_PROFILE) for part in parts}
        named = Profile.objects.filter(pk__in=filter(str.isdecimal, keys)).values_list("pk", "name")
        return {f"{OF_A_PROFILE}{key}": name for key, name in named}

    def sentence(self, warning: StandingWarning) -> str:
        return _("The profile “%(name)s” is wanted for %(count)s devices; %(most)s are possible.") % in_words(warning)

    def remedy(self, warning: StandingWarning) -> str:
        return _("Duplicate the profile, and assign the copy to further devices: beyond that an assignment is refused.")

    def link(self, warning: StandingWarning) -> str:
        return reverse("profile-detail", args=[warning.details["profile"]])


class ManyDevices(_NearALimit):
    """LIM-4, which is recommended: nothing is refused or lost, so that being near it is only worth knowing."""

    id = "many_devices"
    label = gettext_lazy("More devices than recommended, or almost")
    watches = gettext_lazy("From nine tenths of the devices that are recommended for one token; a warning beyond them.")

    def find(self, look: Look) -> Iterator[StandingWarning]:
        for key, token in look.counted_tokens.items():
            if count := look.devices.present.get(key):
                is_beyond = count > limits.DEVICES_PER_TOKEN
                yield StandingWarning(
                    condition=self,
                    severity=Severity.WARNING if is_beyond else Severity.NOTICE,
                    token=token,
                    step="beyond" if is_beyond else "near",
                    details={"name": token.name, "count": count, "most": limits.DEVICES_PER_TOKEN},
                )

    def sentence(self, warning: StandingWarning) -> str:
        return _("“%(name)s” has %(count)s devices; at most %(most)s are recommended.") % in_words(warning)

    def remedy(self, warning: StandingWarning) -> str:
        return _(
            "Split them over several MDM servers in Apple's portal, each with its own token. Nothing is lost meanwhile."
        )
