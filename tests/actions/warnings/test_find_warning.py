from datetime import timedelta

import pytest
from django.utils import timezone

from enrollment.actions.warnings.current_warnings import current_warnings
from enrollment.actions.warnings.find_warning import EndedWarning, NoSuchWarning, find_warning
from enrollment.actions.warnings.keep_alert import keep_alert
from enrollment.models import Alert, Role
from tests.cast import a_token, a_vpp_token, some_licences

pytestmark = pytest.mark.django_db


@pytest.fixture
def ended(db):
    """The key of a warning that stood, and is over since an hour."""
    token = a_token(name="Lyon", rejected_at=timezone.now() - timedelta(days=2))
    (warning,) = current_warnings(None)
    keep_alert(warning)
    token.rejected_at = None
    token.save()
    Alert.objects.update(ended_at=timezone.now() - timedelta(hours=1))
    return warning.key


def test_one_that_stands_is_found_by_its_key(alice):
    a_token(rejected_at=timezone.now())
    (warning,) = current_warnings(alice)
    assert find_warning(warning.key, alice).sentence == warning.sentence


def test_of_one_that_is_over_its_alert_is_remembered(alice, ended):
    warning = find_warning(ended, alice)
    assert isinstance(warning, EndedWarning)
    assert (warning.sentence, warning.token.name) == ("Token rejected", "Lyon")
    assert warning.ended_at < timezone.now()


def test_of_what_part_of_its_object_it_was_is_remembered(alice):
    licences = a_vpp_token(name="Orchard")
    few = some_licences(licences, free=2, total=100, name="Company Portal")
    (warning,) = current_warnings(None)
    keep_alert(warning)
    few.delete()
    Alert.objects.update(ended_at=timezone.now())
    over = find_warning(warning.key, alice)
    assert (over.about, over.part) == (licences, "Company Portal")


def test_of_several_in_its_life_it_is_the_last(alice, ended):
    first = Alert.objects.get()
    last = Alert.objects.create(
        key=first.key, condition=first.condition, token=first.token, since=timezone.now(), ended_at=timezone.now()
    )
    assert find_warning(ended, alice).alert == last


def test_what_is_over_and_out_of_scope_stays_unknown(charlie, ended):
    with pytest.raises(NoSuchWarning):
        find_warning(ended, charlie)


def test_what_is_over_is_read_by_who_could_read_it(bob, ended):
    assert find_warning(ended, bob)
    bob.roles.set([Role.objects.create(key="none", name="None", permissions=["read_device"])])
    del bob.allowed
    with pytest.raises(NoSuchWarning):
        find_warning(ended, bob)


def test_one_of_a_condition_that_there_is_no_more_has_no_words(alice, ended):
    Alert.objects.update(key="long_gone.token-1", condition="long_gone")
    with pytest.raises(NoSuchWarning):
        find_warning("long_gone.token-1", alice)
