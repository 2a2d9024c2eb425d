"""PROF-22: variables are known or refused by name; the example is what a real device would be called."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrollment.models import Device
from enrollment.models.name_template import device_name, unknown_variables

DEVICE = Device(serial="C02ABC", family="iPad")


@pytest.mark.parametrize(
    ("template", "name"),
    [
        ("{{DEVICETYPE}}-{{SERIAL}}", "iPad-C02ABC"),
        ("Till {{SERIAL}} {{SERIAL}}", "Till C02ABC C02ABC"),
        ("Till 7", "Till 7"),
        ("a } { b", "a } { b"),
    ],
)
def test_what_a_device_is_called(template, name):
    assert unknown_variables(template) == []
    assert device_name(template, DEVICE) == name


@pytest.mark.parametrize(
    ("template", "unknown"),
    [
        ("{{USER}}", ["{{USER}}"]),
        ("{{serial}}", ["{{serial}}"]),
        ("{{ SERIAL }}", ["{{ SERIAL }}"]),
        ("{{}}-{{SERIAL}}", ["{{}}"]),
        ("{{SERIAL", ["{{"]),
        ("SERIAL}}", ["}}"]),
    ],
)
def test_what_is_not_known_is_named(template, unknown):
    assert unknown_variables(template) == unknown


@given(st.text())
def test_what_is_accepted_leaves_no_braces_behind(template):
    if not unknown_variables(template):
        assert "{{" not in device_name(template, DEVICE)
