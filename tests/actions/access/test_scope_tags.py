import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from enrollment.actions.access.delete_scope_tag import delete_scope_tag
from enrollment.actions.access.make_api_key import make_api_key
from enrollment.actions.access.save_scope_tag import save_scope_tag
from enrollment.actions.access.what_may_be_given import AccessRefused
from enrollment.actions.tokens.start_token import start_token
from enrollment.models import ApiKey, AuditEntry, ScopeTag
from tests.cast import a_token, a_vpp_token

pytestmark = pytest.mark.django_db


def test_a_tag_is_made_renamed_and_recorded(alice):
    tag = save_scope_tag(None, name=" Lyon ", description="The south", by=alice)
    save_scope_tag(tag, name="Lyon and Nice", by=alice)
    entry = AuditEntry.objects.get(action="scope_tag.changed")
    assert (entry.before["name"], entry.after["name"]) == ("Lyon", "Lyon and Nice")


@pytest.mark.parametrize("name", ["", "  ", "lyon"])
def test_a_name_is_needed_and_of_one_tag_alone(alice, lyon, name):
    with pytest.raises(AccessRefused) as refused:
        save_scope_tag(None, name=name, by=alice)
    assert refused.value.field == "name"


def test_tags_belong_to_the_whole_organisation(lydia, lyon):
    with pytest.raises(PermissionDenied):
        save_scope_tag(lyon, name="Mine", by=lydia)
    with pytest.raises(PermissionDenied):
        delete_scope_tag(lyon, by=lydia)


@pytest.mark.parametrize("carrier", ["token", "vpp token", "person", "key", "draft"])
def test_a_tag_that_something_carries_stays(alice, bob, lyon, carrier):
    """Who lost their last one would see everything."""
    rows = {
        "token": lambda: a_token().scope_tags,
        "vpp token": lambda: a_vpp_token().scope_tags,
        "person": lambda: bob.scope_tags,
        "key": lambda: make_api_key(bob, name="script", by=alice) and ApiKey.objects.get().scope_tags,
        "draft": lambda: start_token(by=alice).scope_tags,
    }
    tags = rows[carrier]()
    tags.add(lyon)
    with pytest.raises(AccessRefused):
        delete_scope_tag(lyon, by=alice)
    tags.remove(lyon)
    delete_scope_tag(lyon, by=alice)
    assert not ScopeTag.objects.filter(name="Lyon").exists()


def test_a_key_that_is_revoked_stands_in_no_way(alice, lyon):
    make_api_key(alice, name="script", by=alice, scope_tags=[lyon])
    ApiKey.objects.update(revoked_at=timezone.now())
    delete_scope_tag(lyon, by=alice)
