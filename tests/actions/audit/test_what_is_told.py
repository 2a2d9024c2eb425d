"""What the verbs tell besides what their own tests hold: refusals, drafts, previews, and what a deletion took away."""

import pytest

from enrollment.actions.devices.discard_operation import discard_operation
from enrollment.actions.devices.purge_history import purge_history
from enrollment.actions.devices.start_operation import Choice, start_operation
from enrollment.actions.licences.add_vpp_token import add_vpp_token
from enrollment.actions.licences.delete_vpp_token import delete_vpp_token
from enrollment.actions.profiles.delete_profile import delete_profile
from enrollment.actions.profiles.edit_profile import edit_profile
from enrollment.actions.rules.delete_rule import delete_rule
from enrollment.actions.tokens.delete_token import delete_token
from enrollment.actions.tokens.open_token_file import open_token_file
from enrollment.actions.tokens.renew_token import renew_token
from enrollment.actions.tokens.save_token_draft import save_token_draft
from enrollment.actions.tokens.start_token import start_token
from enrollment.actions.tokens.verify_token import verify_token
from enrollment.apple.errors import TokenFileError
from enrollment.models import AuditEntry, OperationKind, ScopeTag, Token
from tests.cast import a_device, a_profile, a_rule, a_token, a_vpp_token

pytestmark = pytest.mark.django_db(transaction=True)


def told(action):
    return AuditEntry.objects.get(action=action)


def test_a_token_file_that_was_refused(alice):
    draft = start_token(by=alice)
    with pytest.raises(TokenFileError) as refusal:
        open_token_file(draft, b"not a token", "wrong.p7m", by=alice)
    entry = told("token_draft.file_refused")
    assert (entry.result, entry.person_id, entry.object_id) == ("refused", alice.pk, draft.pk)
    assert (entry.after["file"], entry.after["reason"]) == ("wrong.p7m", refusal.value.sentence)


def test_a_renewal_that_was_refused(alice):
    token = a_token()
    with pytest.raises(TokenFileError):
        renew_token(token, b"not a token", apple_id="new@orchard.example", scope_tags=[], by=alice)
    entry = told("token.renewal_refused")
    assert (entry.result, entry.token_id) == ("refused", token.pk)
    assert not AuditEntry.objects.filter(action="token.renewed").exists()


def test_a_vpp_token_that_was_refused(alice):
    with pytest.raises(TokenFileError):
        add_vpp_token(b"not a token", name="Licences", scope_tags=[], by=alice)
    entry = told("vpp_token.file_refused")
    assert (entry.result, entry.after["name"], entry.object_type) == ("refused", "Licences", "vpptoken")


def test_what_was_typed_into_a_token_draft_and_nothing_when_nothing_changed(alice):
    draft, tag = start_token(by=alice, name="Old"), ScopeTag.objects.create(name="Lyon")
    save_token_draft(draft, by=alice, name="New", scope_tags=[tag])
    entry = told("token_draft.edited")
    assert entry.before == {"name": "Old", "apple_id": "", "scope_tags": []}
    assert entry.after == {"name": "New", "apple_id": "", "scope_tags": ["Lyon"]}
    save_token_draft(draft, by=alice, name="New")
    assert AuditEntry.objects.filter(action="token_draft.edited").count() == 1


def test_a_draft_of_changes_once_for_the_one_draft(alice):
    profile = a_profile(a_token())
    draft = edit_profile(profile, by=alice)
    assert edit_profile(profile, by=alice) == draft
    assert told("profile_draft.started").after == {"source": f"profile {profile.pk}"}


def test_what_apple_said_of_the_account_before(token, alice):
    Token.objects.filter(pk=token.pk).update(org_name="Old Ltd")
    token.refresh_from_db()
    verify_token(token, by=alice)
    entry = told("token.verified")
    assert entry.before["org_name"] == "Old Ltd"
    assert entry.after["org_name"] != "Old Ltd"
    assert set(entry.before) == set(entry.after)


def test_a_preview_that_was_discarded_once(alice):
    token = a_token()
    a_device(token)
    operation = start_operation(OperationKind.DELETE, [Choice(token.devices.all())], by=alice)
    discard_operation(operation, by=alice)
    discard_operation(operation, by=alice)
    assert told("operation.discarded").after == {"kind": "delete", "devices": 1}


def test_history_that_was_purged_and_nothing_when_there_was_none(alice):
    purge_history()
    assert not AuditEntry.objects.filter(action="history.purged").exists()


def test_what_was_there_before_it_was_deleted(alice):
    token, tag = a_token(name="Lyon", server_name="Pretend MDM"), ScopeTag.objects.create(name="South")
    token.scope_tags.add(tag)
    profile = a_profile(token, name="Kiosk", department="Sales")
    delete_rule(a_rule(profile, [("family", "is", "iPad")], name="iPads"), by=alice)
    assert told("rule.deleted").before["conditions"] == [["family is iPad"]]
    assert told("rule.deleted").before["profile"] == "Kiosk"
    delete_profile(profile, by=alice)
    assert (told("profile.deleted").before["name"], told("profile.deleted").before["department"]) == ("Kiosk", "Sales")
    delete_token(token, by=alice)
    assert (told("token.deleted").before["server"], told("token.deleted").before["scope_tags"]) == (
        "Pretend MDM",
        ["South"],
    )
    vpp = a_vpp_token()
    delete_vpp_token(vpp, by=alice)
    assert told("vpp_token.deleted").before["expires"] == vpp.expires_at.isoformat()
