"""VPP-1: licences by app, the Company Portal first; low at 10 % or 10 free, gone at none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrollment.models import Licences
from enrollment.models.licence_stock import COMPANY_PORTAL, Supply, by_app, company_portal_stock, stocks, supply_of
from tests.cast import a_vpp_token, some_licences

pytestmark = pytest.mark.django_db
BORDERS = [
    (500, 51, Supply.ENOUGH),
    (500, 50, Supply.LOW),
    (100, 11, Supply.ENOUGH),
    (100, 10, Supply.LOW),
    (20, 11, Supply.ENOUGH),
    (20, 10, Supply.LOW),
    (5, 5, Supply.LOW),
    (500, 1, Supply.LOW),
    (500, 0, Supply.GONE),
    (0, 0, Supply.GONE),
    (2**31 - 1, 2**31 - 1, Supply.ENOUGH),
]


@pytest.mark.parametrize(("owned", "free", "supply"), BORDERS)
def test_when_it_is_low_and_when_gone_for_the_value_and_the_database(owned, free, supply):
    token = a_vpp_token()
    some_licences(token, total=owned, free=free)
    assert supply_of(owned, free) == supply
    (row,) = by_app(token.licences.all())
    assert row["supply_now"] == supply
    (stock,) = stocks([row])
    assert (stock.owned, stock.free, stock.supply) == (owned, free, supply)
    assert token.licences.few_left().exists() is (supply != Supply.ENOUGH)


COUNTS = st.lists(st.tuples(st.integers(0, 400), st.integers(0, 60)), min_size=1, max_size=3)


@given(rows=COUNTS)
def test_an_app_of_which_few_are_left_has_few_left_at_one_of_its_prices(rows):
    """So it is found by its rows before they are added up."""
    whole = supply_of(sum(used + free for used, free in rows), sum(free for _used, free in rows))
    assert whole == Supply.ENOUGH or any(supply_of(used + free, free) != Supply.ENOUGH for used, free in rows)


def test_an_app_at_two_prices_is_one_app():
    token = a_vpp_token()
    some_licences(token, total=100, free=5)
    some_licences(token, total=30, free=30, pricing_param="PLUS", retired=2)
    (stock,) = stocks(by_app(token.licences.all()))
    assert (stock.owned, stock.used, stock.free, stock.retired_ones) == (130, 95, 35, 2)
    assert (stock.prices, stock.supply) == (("STDQ", "PLUS"), Supply.ENOUGH)


def test_the_company_portal_or_the_app_the_setting_names_comes_first(settings):
    token = a_vpp_token()
    for adam_id in ("5", COMPANY_PORTAL, "7"):
        some_licences(token, total=20, free=20, adam_id=adam_id)
    rows = by_app(token.licences.all()).order_by("place", "called")
    assert [stock.adam_id for stock in stocks(rows)] == [COMPANY_PORTAL, "5", "7"]
    settings.COMPANY_PORTAL_APP = "7"
    rows = by_app(token.licences.all()).order_by("place", "called")
    assert [stock.adam_id for stock in stocks(rows)] == ["7", "5", COMPANY_PORTAL]


def test_what_tokens_have_of_the_company_portal():
    one, other, none = a_vpp_token(), a_vpp_token(), a_vpp_token()
    some_licences(one, total=500, free=320)
    some_licences(other, total=5, free=0)
    some_licences(none, total=5, free=0, adam_id="7")
    found = company_portal_stock([one, other, none])
    assert {key: (stock.free, stock.owned) for key, stock in found.items()} == {one.pk: (320, 500), other.pk: (0, 5)}


def test_who_sees_the_token_sees_its_licences(alice, charlie):
    token = a_vpp_token()
    some_licences(token, total=5, free=0)
    assert Licences.objects.visible_to(alice).count() == 1
    assert Licences.objects.visible_to(charlie).count() == 0
