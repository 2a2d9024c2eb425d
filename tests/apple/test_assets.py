"""What Apps and Books says, in the shapes it may have."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrollment.apple import assets
from enrollment.apple.assets import LARGEST_COUNT, Asset, MdmInfo, PricingParam, ProductType

SAID = {
    "adamId": "719171358",
    "pricingParam": "STDQ",
    "productType": "App",
    "totalCount": 500,
    "assignedCount": 180,
    "availableCount": 317,
    "retiredCount": 3,
    "deviceAssignable": True,
    "revocable": True,
    "supportedPlatforms": ["iOS", "macOS"],
    "somethingNew": {"of": "next year"},
}


def said(**changes):
    return {key: value for key, value in {**SAID, **changes}.items() if value is not None}


def test_every_field_is_read_and_what_is_new_is_ignored():
    assert assets.asset(SAID) == Asset(
        *("719171358", PricingParam.STANDARD, 500, 180, 317, 3, ProductType.APP, True, True, ("iOS", "macOS"))
    )


@pytest.mark.parametrize(
    ("changes", "field", "wanted"),
    [
        ({"adamId": 719171358}, "adam_id", "719171358"),
        ({"pricingParam": "plus"}, "pricing_param", PricingParam.PLUS),
        ({"pricingParam": "GOLD"}, "pricing_param", PricingParam.UNKNOWN),
        ({"pricingParam": None}, "pricing_param", PricingParam.STANDARD),
        ({"productType": "Song"}, "product_type", ProductType.UNKNOWN),
        ({"productType": 5}, "product_type", ProductType.UNKNOWN),
        ({"availableCount": None}, "available", 317),
        ({"availableCount": "many", "assignedCount": 900}, "available", 0),
        ({"availableCount": -2}, "available", 317),
        ({"totalCount": None}, "total", 500),
        ({"totalCount": 10**30}, "total", LARGEST_COUNT),
        ({"assignedCount": True}, "assigned", 0),
        ({"retiredCount": "3"}, "retired", 3),
        ({"totalCount": 7}, "available", 317),
        ({"supportedPlatforms": "iOS"}, "platforms", ()),
        ({"supportedPlatforms": [1, "iOS", None]}, "platforms", ("iOS",)),
        ({"deviceAssignable": None}, "device_assignable", False),
    ],
)
def test_what_is_missing_or_odd_has_a_named_fallback(changes, field, wanted):
    assert getattr(assets.asset(said(**changes)), field) == wanted


@pytest.mark.parametrize("adam_id", [None, "", "abc", "-5", "1" * 21, 10**20, True, ["1"]])
def test_what_has_no_id_is_left_out(adam_id):
    page = assets.asset_page({"assets": [said(adamId=adam_id), SAID, "no object"]})
    assert [one.adam_id for one in page.assets] == ["719171358"]


def test_half_a_list_does_not_pass_for_the_whole():
    assert assets.asset_page({"assets": [], "nextPageIndex": "soon"}) is None
    assert assets.asset_page({"assets": [], "nextPageIndex": -1}) is None
    assert assets.asset_page({}) is None
    assert assets.asset_page({"assets": {"0": SAID}}) is None
    assert assets.asset_page({"assets": [], "nextPageIndex": None}).following is None
    assert assets.asset_page({"size": 0}).assets == []


def test_whose_token_it_is():
    found = assets.client_config(
        {
            "locationName": "Caen",
            "countryISO2ACode": "fr",
            "uId": "2049025000431439",
            "tokenExpirationDate": "2027-11-08T22:33:22+0000",
            "mdmInfo": {"id": "1", "name": "Another product", "metadata": 5},
        }
    )
    assert (found.location_name, found.country, found.uid) == ("Caen", "FR", "2049025000431439")
    assert found.expires_at == datetime(2027, 11, 8, 22, 33, 22, tzinfo=UTC)
    assert found.mdm_info == MdmInfo("1", "Another product", "")
    assert assets.client_config({"mdmInfo": []}) is None, "nothing is told of a location"


def test_limits_that_are_missing_are_those_of_the_reference():
    found = assets.service_config({"urls": {"getAssets": "https://x.example", "odd": 1}, "limits": {"maxAssets": 30}})
    assert found.urls == {"getAssets": "https://x.example"}
    assert found.limits["maxAssets"] == 30
    assert found.limits["maxSerialNumbers"] == 1000
    assert assets.service_config({"limits": {}}) is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=20), inner, max_size=4),
    max_leaves=10,
)
KEYS = st.sampled_from(
    ["assets", "size", "nextPageIndex", "currentPageIndex", "versionId", "urls", "limits", "mdmInfo", "uId"]
)


@given(st.dictionaries(KEYS | st.text(max_size=5), JSON | st.lists(st.dictionaries(st.sampled_from(list(SAID)), JSON))))
def test_no_answer_whatever_crashes(answer):
    page = assets.asset_page(answer)
    assets.client_config(answer)
    assets.service_config(answer)
    for one in page.assets if page else []:
        assert one.adam_id
        assert all(0 <= count <= LARGEST_COUNT for count in one[2:6])
