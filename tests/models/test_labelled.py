from django.template import engines
from django.utils.translation import override

from enrollment.models.labelled import labelled
from tests.typeset import NO_BREAK

PAGE = "{% load pomona %}<b>{{ label }}</b>{% colon %} {{ value }}"


def test_a_label_stands_before_its_value_as_the_language_sets_it():
    assert labelled("Name", "Lyon") == "Name: Lyon"
    with override("fr"):
        assert labelled("Nom", "Lyon") == f"Nom{NO_BREAK}: Lyon"


def test_a_page_does_the_same():
    page = engines["django"].from_string(PAGE)
    assert page.render({"label": "Name", "value": "<Lyon>"}) == "<b>Name</b>: &lt;Lyon&gt;"
    with override("fr"):
        assert page.render({"label": "Nom", "value": "Lyon"}) == f"<b>Nom</b>{NO_BREAK}: Lyon"
