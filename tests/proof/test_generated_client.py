"""Issue 5, 6: a client generated from the schema does the main job from one end to the other."""

import pytest

from tests.proof.generated_client import Pomona, generate
from tests.proof.portal import Portal

APPLE_CONFIRMS = 180  # seconds: it is asked again half a minute later, by a clock that comes every minute


@pytest.fixture
def base(demo):
    return f"http://localhost:{demo.port}"


@pytest.fixture
def pomona(demo, base, tmp_path, monkeypatch):
    generate(base, tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    return Pomona(base, demo.make_key("admin"))


def test_the_main_job(pomona, demo, base):
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
    run = pomona.until(lambda run: run.finished_at, "syncs_retrieve", run.id, seconds=60)
    assert (run.status, run.added) == ("done", 10)
    begun = pomona.ask("tokens_sync", token.id, body=models.SyncAskedRequest())
    assert begun.status_code == 202
    assert begun.headers["Location"] == f"{base}/api/v1/syncs/{begun.parsed.id}/"
    pomona.until(lambda run: run.finished_at, "syncs_retrieve", begun.parsed.id, seconds=60)
    assert pomona.ask("tokens_sync", token.id, body=models.SyncAskedRequest()).status_code == 409

    # Describe.
    settings = models.ProfileSettingsRequest(
        enrollment_url="https://mdm.orchard.example/ade", affinity=models.UserAffinity("without"), is_locked=True
    )
    said = models.ProfileMakeRequest(name="Shop iPads", token=token.id, settings=settings)
    wrong = models.ProfileMakeRequest(name="Shop iPads", token=token.id, settings=models.ProfileSettingsRequest())
    assert pomona.ask("profiles_create", body=wrong).status_code == 400
    profile = pomona.profiles_create(body=said, idempotency_key="shop-ipads")
    again = pomona.ask("profiles_create", body=said, idempotency_key="shop-ipads")
    assert again.parsed.id == profile.id
    assert again.headers["Idempotency-Replayed"] == "true"
    assert profile.settings.is_locked

    # Assign: previewed, confirmed, followed until Apple confirms.
    phones = pomona.devices_list(token=token.id, page_size=3).results
    said = models.StartRequest(
        kind=models.OperationKind("assign"),
        serials=[*(phone.serial for phone in phones), "UNKNOWN00000"],
        profile=profile.id,
    )
    operation = pomona.operations_preview(body=said)
    assert (operation.status, operation.gets, operation.unknown) == ("previewed", 3, ["UNKNOWN00000"])
    begun = pomona.ask("operations_confirm", operation.id, body=models.ConfirmRequest())
    assert begun.status_code == 202
    assert begun.headers["Location"] == f"{base}/api/v1/operations/{operation.id}/"
    done = pomona.until(
        lambda one: one.progress.settled == one.progress.total,
        "operations_retrieve",
        operation.id,
        seconds=APPLE_CONFIRMS,
    )
    assert (done.progress.total, done.progress.failed) == (3, 0)
    told = pomona.operations_devices(operation.id).results
    assert [one.outcome for one in told] == ["confirmed"] * 3
    confirmed = pomona.devices_list(token=token.id, state=models.DevicesListState("confirmed")).results
    assert {device.serial for device in confirmed} == {phone.serial for phone in phones}
    assert {device.profile for device in confirmed} == {profile.id}

    # A key for another program, which may less, and is taken away again.
    (role,) = [role for role in pomona.roles_list().results if role.key == "helpdesk"]
    made = pomona.api_keys_make(body=models.ApiKeySaidRequest(name="Inventory", role=role.id, days=30))
    reader = Pomona(base, made.key)
    assert reader.me().key.id == made.id
    assert reader.devices_list(token=token.id).results
    assert reader.ask("operations_preview", body=said).status_code == 403
    pomona.ask("api_keys_revoke", made.id)
    assert reader.ask("me").status_code == 401
