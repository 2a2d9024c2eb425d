"""Issue 5, 6: no 500, no undocumented status, no answer off the schema, whoever asks whatever of the running server."""

import os

import pytest

from tests.proof.trying_schema import try_schema

SECONDS = int(os.environ.get("SCHEMA_SECONDS", "40"))


@pytest.mark.parametrize("person", ["helpdesk", "admin"])
def test_every_answer_is_as_the_schema_says(demo, tmp_path, person):
    tried = try_schema(f"http://localhost:{demo.port}", demo.make_key(person), tmp_path, seconds=SECONDS)
    print(tried.table())
    assert tried.is_well, tried.said
