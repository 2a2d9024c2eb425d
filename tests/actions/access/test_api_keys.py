import threading
from functools import partial

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.utils import timezone

from enrollment.actions.access.delete_role import delete_role
from enrollment.actions.access.make_api_key import make_api_key
from enrollment.actions.access.revoke_api_key import revoke_api_key
from enrollment.actions.access.what_may_be_given import AccessRefused
from enrollment.models import ApiKey, AuditEntry, Person, Role, ScopeTag
from tests.cast import a_person

pytestmark = pytest.mark.django_db


def coming_with(key: str) -> Person:
    """The person as a program with this key."""
    found = ApiKey.objects.find(key, timezone.now())
    found.person.key = found
    return found.person


def helpdesk():
    return Role.objects.get(key="helpdesk")


def test_a_key_lasts_a_year_unless_it_is_said_otherwise(alice):
    make_api_key(alice, name="script", by=alice)
    made = ApiKey.objects.get()
    assert (made.expires_at - timezone.now()).days == 364
    make_api_key(alice, name="for ever", by=alice, days=None)
    assert ApiKey.objects.get(name="for ever").expires_at is None


def test_the_key_itself_is_written_nowhere(alice):
    key = make_api_key(alice, name="script", by=alice)
    assert key not in str(list(ApiKey.objects.values())) + str(list(AuditEntry.objects.values()))


def test_everybody_makes_and_revokes_keys_of_their_own(bob):
    key = make_api_key(bob, name="script", by=bob)
    revoke_api_key(ApiKey.objects.get(), by=bob)
    assert ApiKey.objects.find(key, timezone.now()) is None
    assert [entry.action for entry in AuditEntry.objects.order_by("pk")] == ["api_key.made", "api_key.revoked"]


def test_keys_for_others_need_manage_access(alice, bob):
    with pytest.raises(PermissionDenied):
        make_api_key(alice, name="mine now", by=bob)
    make_api_key(bob, name="script", by=alice)
    dora = a_person("dora", "auditor")
    with pytest.raises(PermissionDenied):
        revoke_api_key(ApiKey.objects.get(), by=dora)


def test_no_key_for_somebody_stronger(gatekeeper, bob):
    with pytest.raises(AccessRefused):
        make_api_key(bob, name="mine now", by=gatekeeper)


def test_role_and_tags_make_a_key_less(alice, lyon, paris):
    key = make_api_key(alice, name="script", by=alice, role=helpdesk(), scope_tags=[lyon])
    program = coming_with(key)
    assert program.allowed == frozenset(helpdesk().permissions)
    assert list(program.scope) == [lyon]


def test_a_key_shows_no_more_than_its_person_sees(lydia, paris):
    with pytest.raises(AccessRefused) as refused:
        make_api_key(lydia, name="script", by=lydia, scope_tags=[paris])
    assert refused.value.field == "scope_tags"


def test_a_key_makes_no_key_that_may_more_than_itself(alice, lyon, paris):
    program = coming_with(make_api_key(alice, name="small", by=alice, role=helpdesk(), scope_tags=[lyon]))
    for more in ({}, {"role": helpdesk()}, {"scope_tags": [lyon]}, {"role": helpdesk(), "scope_tags": [lyon, paris]}):
        with pytest.raises(AccessRefused):
            make_api_key(alice, name="large", by=program, **more)
    make_api_key(alice, name="as small", by=program, role=helpdesk(), scope_tags=[lyon])


def test_a_small_key_sees_itself_alone(alice, bob, lyon):
    make_api_key(bob, name="other", by=bob)
    make_api_key(alice, name="large", by=alice)
    program = coming_with(make_api_key(alice, name="small", by=alice, role=helpdesk()))
    assert [key.name for key in ApiKey.objects.visible_to(program)] == ["small"]
    assert ApiKey.objects.visible_to(alice).count() == 3
    assert [key.name for key in ApiKey.objects.visible_to(bob)] == ["other"]


def test_a_nameless_key_and_one_of_somebody_deactivated_are_not_made(alice, bob):
    with pytest.raises(AccessRefused):
        make_api_key(alice, name=" ", by=alice)
    Person.objects.filter(pk=bob.pk).update(is_active=False)
    with pytest.raises(AccessRefused):
        make_api_key(bob, name="script", by=alice)


def test_a_key_for_less_is_never_made_for_all_because_what_narrows_it_is_gone(alice, lyon):
    passing = Role.objects.create(key="passing", name="Passing", permissions=["read_device"])
    ScopeTag.objects.filter(pk=lyon.pk).delete()
    Role.objects.filter(pk=passing.pk).delete()
    for narrowed, field in (({"scope_tags": [lyon]}, "scope_tags"), ({"role": passing}, "role")):
        with pytest.raises(AccessRefused) as refused:
            make_api_key(alice, name="script", by=alice, **narrowed)
        assert refused.value.field == field
    assert not ApiKey.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_whoever_deletes_a_role_at_the_same_moment_takes_it_from_no_key(alice):
    for number in range(3):
        role = Role.objects.create(key=f"passing-{number}", name=f"Passing {number}", permissions=["read_device"])
        at_once(partial(delete_role, role, by=None), partial(make_api_key, alice, name="script", by=None, role=role))
    assert not ApiKey.objects.filter(role=None).exists()


def at_once(*verbs):
    """Each in a thread of its own; one of them is refused."""
    gate, refusals = threading.Barrier(len(verbs)), []

    def run(verb):
        gate.wait()
        try:
            verb()
        except AccessRefused as refused:
            refusals.append(refused)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(verb,)) for verb in verbs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refusals) == 1
