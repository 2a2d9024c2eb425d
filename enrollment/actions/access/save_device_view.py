from django.db import transaction
from django.http import QueryDict
from django.utils.translation import gettext_noop

from enrollment import limits
from enrollment.models import Person, SavedView
from enrollment.models.device_filter import DeviceFilter
from enrollment.models.saved_view import NAME_LENGTH, QUERY_LENGTH

KEPT = (*DeviceFilter.base_filters, "sort")


class ViewRefused(Exception):
    """Why a view cannot be saved; `may_replace` where only one of the same name stands in the way."""

    def __init__(self, sentence: str, may_replace: bool = False, **details: int) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.details = details
        self.may_replace = may_replace


def save_device_view(person: Person, name: str, query: str, *, replaces: bool = False) -> SavedView:
    """Remember the filters and the order of a device list's address under a name. It is the person's own: not recorded.

    ViewRefused when the name is none, or taken and not to be replaced, or when there are too many.
    """
    name, kept = " ".join(name.split()), _kept(query)
    _check(name, kept)
    with transaction.atomic():
        # One at a time for a person, so that two windows do not both find a place left.
        Person.objects.select_for_update().get(pk=person.pk)
        views = person.saved_views
        is_new = not views.filter(name=name).exists()
        if is_new and views.count() >= limits.SAVED_VIEWS_PER_PERSON:
            sentence = gettext_noop("You have %(most)d views already. Delete one of them first.")
            raise ViewRefused(sentence, most=limits.SAVED_VIEWS_PER_PERSON)
        if not is_new and not replaces:
            sentence = gettext_noop("You have a view of this name already. Replace it, or choose another name.")
            raise ViewRefused(sentence, may_replace=True)
        return views.update_or_create(name=name, defaults={"query": kept})[0]


def _kept(query: str) -> str:
    said = QueryDict(query)
    kept = QueryDict(mutable=True)
    kept.update({name: said[name] for name in KEPT if said.get(name)})
    return kept.urlencode()


def _check(name: str, query: str) -> None:
    if not name:
        raise ViewRefused(gettext_noop("Give the view a name."))
    if "\x00" in name or len(name) > NAME_LENGTH:
        raise ViewRefused(gettext_noop("A name is text of at most %(longest)d characters."), longest=NAME_LENGTH)
    if len(query) > QUERY_LENGTH:
        raise ViewRefused(gettext_noop("These filters are too long to be remembered."))
