"""API-3: an answer is kept for a day, and no longer."""

from datetime import timedelta

import pytest
from django.utils import timezone

from enrollment import limits
from enrollment.actions.access.forget_answers import forget_answers
from enrollment.models import IdempotentAnswer
from enrollment.tasks import every_hour

pytestmark = pytest.mark.django_db


@pytest.fixture
def answers(alice):
    now = timezone.now()
    for said, age in (("old", limits.ANSWERS_KEPT_FOR), ("young", limits.ANSWERS_KEPT_FOR - timedelta(minutes=1))):
        IdempotentAnswer.objects.create(person=alice, said=said, made_at=now - age)


def test_what_is_a_day_old_is_forgotten(answers):
    assert forget_answers() == 1
    assert IdempotentAnswer.objects.get().said == "young"


def test_every_hour(answers):
    every_hour()
    assert IdempotentAnswer.objects.get().said == "young"
