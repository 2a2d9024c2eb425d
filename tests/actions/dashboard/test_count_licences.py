"""DASH-1: what each VPP token has of the Company Portal."""

import pytest

from enrollment.actions.dashboard.count_licences import count_licences
from enrollment.models import Licences
from enrollment.models.licence_stock import COMPANY_PORTAL
from tests.cast import a_vpp_token

pytestmark = pytest.mark.django_db


def licences(token, available, adam_id=COMPANY_PORTAL, price="STDQ"):
    known = {"adam_id": adam_id, "pricing_param": price, "total": 100, "available": available}
    return Licences.objects.create(vpp_token=token, assigned=100 - available, **known)


def test_the_fewest_come_first_all_prices_taken_together(alice):
    many, few, none = (a_vpp_token(name=name) for name in ("Many", "Few", "Another app"))
    licences(many, 60), licences(many, 30, price="PLUS")
    licences(few, 5)
    licences(none, 50, adam_id="361309726")
    assert [(token.name, stock.owned, stock.free) for token, stock in count_licences(alice)] == [
        ("Few", 100, 5),
        ("Many", 200, 90),
    ]


def test_what_is_not_seen_is_not_told(charlie):
    licences(a_vpp_token(), 5)
    assert count_licences(charlie) == []
