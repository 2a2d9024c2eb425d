from datetime import timedelta

import pytest
from django.utils import timezone

from enrollment.actions.warnings.current_warnings import current_warnings
from enrollment.actions.warnings.snooze_warning import snooze_warning
from enrollment.actions.warnings.warning_filter import WarningFilter
from tests.cast import a_token

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
    return [warning.token.name for warning in matching]


def test_each_filter_leaves_what_it_says(alice, tokens):
    lyon, _paris = tokens
    assert found(alice) == ["Lyon", "Paris"]
    assert found(alice, severity="unhealthy") == ["Lyon"]
    assert found(alice, condition="token_expiring") == ["Paris"]
    assert found(alice, token=str(lyon.pk)) == ["Lyon"]
    assert found(alice, snoozed="true") == ["Paris"]
    assert found(alice, snoozed="false") == ["Lyon"]
    assert found(alice, snoozed="false", severity="warning") == []


@pytest.mark.parametrize("said", [{"severity": "dire"}, {"condition": "x"}, {"token": "0"}, {"snoozed": "perhaps"}])
def test_one_that_cannot_be_understood_matches_nothing(alice, tokens, said):
    assert found(alice, **said) == []


def test_an_unseen_token_is_no_choice(charlie, tokens):
    filters = WarningFilter({"token": str(tokens[0].pk)}, person=charlie)
    assert not filters.is_valid()
    assert "Lyon" not in str(filters)


def test_the_tokens_are_chosen_from_like_from_any_list(alice, tokens):
    a_token(name="<b>Nice</b>")
    lyon, _paris = tokens
    shown = str(WarningFilter({"token": str(lyon.pk)}, person=alice)["token"])
    assert 'name="token"' in shown.partition(">")[0]
    assert f'<option value="{lyon.pk}" selected>Lyon</option>' in shown
    assert "&lt;b&gt;Nice" in shown
    assert shown.count(" selected") == 1
    assert '<option value="" selected>' in str(WarningFilter({}, person=alice)["token"])
