import django_filters
from django.utils.translation import gettext_lazy as _

from enrollment.models.api_key import ApiKey, ApiKeyQuerySet
from enrollment.models.day_filter import day_filter, is_since, is_until


class ApiKeyFilter(django_filters.FilterSet):
    """What the list of API keys is filtered by, the same for page and program (API-3)."""

    q = django_filters.CharFilter(method="search", label=_("A part of their name or their person's, or as they begin"))
    expires_since = day_filter(is_since, _("Expires from"), "expires_at")
    expires_until = day_filter(is_until, _("Expires until"), "expires_at")

    class Meta:
        model = ApiKey
        fields: list[str] = []

    @property
    def keys(self) -> ApiKeyQuerySet:
        """What matches. A filter that cannot be understood matches nothing."""
        return self.qs if self.is_valid() else ApiKey.objects.none()

    def search(self, keys: ApiKeyQuerySet, _name: str, words: str) -> ApiKeyQuerySet:
        return keys.found_by(words)
