"""What a client's developer reads first: the schema as a whole (API-1)."""

import pytest
from drf_spectacular.generators import SchemaGenerator

from enrollment.api.about import TAGS
from enrollment.api.choice_names import NAMES


@pytest.fixture(scope="module")
def schema():
    return SchemaGenerator().get_schema(request=None, public=True)


def operations(schema):
    return [(f"{method} {path}", said) for path, found in schema["paths"].items() for method, said in found.items()]


def test_every_operation_stands_under_a_noun_that_is_explained(schema):
    assert {tag for _name, said in operations(schema) for tag in said["tags"]} == set(TAGS)
    assert [tag["name"] for tag in schema["tags"]] == list(TAGS)


def test_every_operation_says_what_it_does(schema):
    for name, said in operations(schema):
        assert said.get("description", "").strip(), name


def test_every_parameter_says_what_it_is(schema):
    for name, said in operations(schema):
        for one in said.get("parameters", []):
            assert one["in"] == "path" or one.get("description"), f"{name}: {one['name']}"


def test_every_body_has_an_example(schema):
    """Of files there is none to show."""
    for name, said in operations(schema):
        body = said.get("requestBody", {}).get("content", {}).get("application/json")
        assert body is None or body.get("examples"), name


def test_times_and_truths_are_named_alike(schema):
    for noun, said in schema["components"]["schemas"].items():
        for name, value in said.get("properties", {}).items():
            if value.get("format") == "date-time":
                assert name.rpartition("_")[2] in ("at", "since", "until", "deadline"), f"{noun}.{name}"


def test_choices_are_called_by_what_they_are(schema):
    """No client has to be written with a TypeEnum; the empty choice and null are the generator's own."""
    schemas = schema["components"]["schemas"]
    assert [name for name in schemas if name.endswith("Enum")] == ["BlankEnum", "NullEnum"]
    assert set(NAMES.values()) <= set(schemas)


def test_looking_around_leads_everywhere(client, db, schema):
    found = client.get("/api/v1/").json()
    nouns = {path.removeprefix("/api/v1/").partition("/")[0] for path in schema["paths"]}
    assert nouns <= set(found)
    assert found["devices"] == "http://testserver/api/v1/devices/"
    for noun in ("schema", "docs", "redoc"):
        assert client.get(found[noun]).status_code == 200
    assert client.post("/api/v1/").status_code == 405
    assert client.get("/api/v1/nothing/").status_code == 404
