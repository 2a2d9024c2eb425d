from datetime import timedelta

import pytest
from django.utils import timezone

from enrollment.actions.warnings.current_warnings import current_warnings
from enrollment.actions.warnings.snooze_warning import snooze_warning
from enrollment.actions.warnings.warning_filter import WarningFilter
from enrollment.models import Role
from tests.cast import a_token, a_vpp_token

pytestmark = pytest.mark.django_db


@pytest.fixture
def tokens(alice):
    now = timezone.now()
    lyon = a_token(name="Lyon", rejected_at=now)
    paris = a_token(name="Paris", expires_at=now + timedelta(days=40))
    key = next(one.key for one in current_warnings(None) if one.token == paris)
    snooze_warning(key, until=now + timedelta(days=2), reason="Planned", by=alice)
    return lyon, paris


def found(person, **said):
    matching = WarningFilter(said, person=person).matching(current_warnings(person))
    return [warning.about.name for warning in matching]


def test_each_filter_leaves_what_it_says(alice, tokens):
    lyon, _paris = tokens
    assert found(alice) == ["Lyon", "Paris"]
    assert found(alice, severity="unhealthy") == ["Lyon"]
    assert found(alice, condition="token_expiring") == ["Paris"]
    assert found(alice, token=str(lyon.pk)) == ["Lyon"]
    assert found(alice, snoozed="true") == ["Paris"]
    assert found(alice, snoozed="false") == ["Lyon"]
    assert found(alice, snoozed="false", severity="warning") == []


def test_vpp_tokens_are_told_from_tokens_of_the_same_number(alice, tokens):
    lyon, _paris = tokens
    app = a_vpp_token(pk=lyon.pk, name="Orchard", rejected_at=timezone.now())
    assert sorted(found(alice)) == ["Lyon", "Orchard", "Paris"]
    assert found(alice, vpp_token=str(app.pk)) == ["Orchard"]
    assert found(alice, token=str(lyon.pk)) == ["Lyon"]
    assert found(alice, token=str(lyon.pk), vpp_token=str(app.pk)) == []


def test_who_reads_no_tokens_is_offered_no_vpp_tokens(alice, bob, tokens):
    app = a_vpp_token(name="Orchard")
    assert "Orchard" in str(WarningFilter({}, person=alice)["vpp_token"])
    bob.roles.set([Role.objects.create(key="devices", name="Devices", permissions=["read_device"])])
    filters = WarningFilter({"vpp_token": str(app.pk)}, person=bob)
    assert not filters.is_valid()
    assert "Orchard" not in str(filters["vpp_token"])


@pytest.mark.parametrize(
    "said", [{"severity": "dire"}, {"condition": "x"}, {"token": "0"}, {"vpp_token": "0"}, {"snoozed": "perhaps"}]
)
def test_one_that_cannot_be_understood_matches_nothing(alice, tokens, said):
    assert found(alice, **said) == []


@pytest.mark.parametrize("field", ["token", "vpp_token"])
def test_an_unseen_token_is_no_choice(charlie, tokens, field):
    unseen = {"token": tokens[0], "vpp_token": a_vpp_token(name="Orchard")}
    filters = WarningFilter({field: str(unseen[field].pk)}, person=charlie)
    assert not filters.is_valid()
    assert unseen[field].name not in str(filters)


def test_the_tokens_are_chosen_from_like_from_any_list(alice, tokens):
    a_token(name="<b>Nice</b>")
    lyon, _paris = tokens
    shown = str(WarningFilter({"token": str(lyon.pk)}, person=alice)["token"])
    assert 'name="token"' in shown.partition(">")[0]
    assert f'<option value="{lyon.pk}" selected>Lyon</option>' in shown
    assert "&lt;b&gt;Nice" in shown
    assert shown.count(" selected") == 1
    assert '<option value="" selected>' in str(WarningFilter({}, person=alice)["token"])
