"""Issue 5, 6: a client generated from the schema does the main job from one end to the other."""

import pytest

from tests.proof.generated_client import Pomona, generate
from tests.proof.portal import Portal

APPLE_CONFIRMS = 150  # seconds: half a minute later it is asked again, by a clock that comes every minute


@pytest.fixture
def pomona(demo, tmp_path, monkeypatch):
    base = f"http://localhost:{demo.port}"
    generate(base, tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    return Pomona(base, demo.make_key("admin"))


def test_the_main_job(pomona, demo):
    models = pomona.models

    # Connect.
    draft = pomona.token_drafts_start(body=models.TokenDraftEditRequest(consents=True))
    certificate = pomona.ask("token_drafts_certificate", draft.id).content
    draft = pomona.token_drafts_retrieve(draft.id)
    assert {missing.what for missing in draft.missing} == {"name", "apple_id", "file"}
    file = Portal(demo).add_server("Lyon", certificate, devices=10)
    early = pomona.ask("token_drafts_connect", draft.id)
    assert early.status_code == 409
    assert early.parsed.errors["file"]
    said = models.PatchedTokenDraftEditRequest(name="Lyon", apple_id="lyon@orchard.example")
    pomona.token_drafts_update(draft.id, body=said)
    draft = pomona.token_drafts_file(draft.id, body=models.TokenFileRequest(pomona.file(file, "token.p7m")))
    assert draft.missing == []
    token = pomona.token_drafts_connect(draft.id)
    assert token.status == "active"

    # Sync.
    (run,) = pomona.syncs_list(token=token.id).results
    run = pomona.until(lambda run: run.finished_at, "syncs_retrieve", run.id, seconds=30)
    assert (run.status, run.added) == ("done", 10)
    assert pomona.ask("tokens_sync", token.id, body=models.SyncAskedRequest()).status_code == 409
