"""A file becomes a draft, and nothing else; a fault in it changes nothing."""

import pytest

from enrollment.actions.profiles.export_profile import export_profile
from enrollment.actions.profiles.import_foreign_profile import import_foreign_profile
from enrollment.actions.profiles.import_profile import import_profile
from enrollment.actions.profiles.save_profile import save_profile
from enrollment.actions.profiles.start_profile import TokenNotActive
from enrollment.models import AuditEntry, ForeignProfile, Installation, Profile, ProfileDraft
from enrollment.models.profile_file import NotAProfileFile
from tests.cast import a_profile, a_token

pytestmark = pytest.mark.django_db


def test_exported_here_and_imported_there(alice):
    here, there = a_token(), a_token()
    original = a_profile(here, name="Kiosk", department="IT", hidden_panes=["Siri"])
    text = export_profile(original, as_yaml=True, by=alice)
    draft, left_out = import_profile(text.encode(), token=there, by=alice)
    assert (left_out, Profile.objects.count()) == ([], 1)
    copy = save_profile(draft, by=alice)
    magic = str(Installation.this().org_magic)
    assert copy.current.payload == {**original.current.payload, "org_magic": magic}
    assert AuditEntry.objects.filter(action="profile.exported", person=alice).exists(), "AUD-1"


def test_a_fault_changes_nothing(alice):
    with pytest.raises(NotAProfileFile):
        import_profile(b"settings: {is_locked: maybe}", token=a_token(), by=alice)
    assert not ProfileDraft.objects.exists()


def test_a_token_that_is_not_active_takes_no_import(alice):
    with pytest.raises(TokenNotActive):
        import_profile(b"settings: {affinity: without}", token=a_token(verified_at=None), by=alice)


def test_dev_4b_a_profile_of_another_tool_can_be_imported(alice):
    payload = {"profile_name": "Theirs", "url": "https://mdm.orchard.example/x", "is_mdm_removable": False}
    foreign = ForeignProfile.objects.create(token=a_token(), apple_uuid="F" * 32, name="Theirs", payload=payload)
    draft = import_foreign_profile(foreign, by=alice)
    assert (draft.name, draft.settings["is_locked"], draft.settings["await_configured"]) == ("Theirs", True, False)
