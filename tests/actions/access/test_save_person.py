"""Who may make whom what: nobody gives more than they have (ROLE-1 to ROLE-3)."""

import pytest
from allauth.account.models import EmailAddress

from enrollment.actions.access.save_person import save_person
from enrollment.actions.access.what_may_be_given import AccessRefused
from enrollment.models import AuditEntry, Person, Role, ScopeTag
from tests.cast import a_person

pytestmark = pytest.mark.django_db


def role(key):
    return Role.objects.get(key=key)


def saved(person, by, *roles, tags=(), **said):
    name = said.pop("username", person.username if person else "dora")
    return save_person(person, by=by, username=name, roles=[role(key) for key in roles], scope_tags=tags, **said)


def test_somebody_new_has_no_password_and_is_recorded(alice, lyon):
    dora = saved(None, alice, "helpdesk", tags=[lyon], email="dora@orchard.example", language="fr")
    assert not dora.has_usable_password()
    assert (dora.email, dora.language, list(dora.scope_tags.all())) == ("dora@orchard.example", "fr", [lyon])
    entry = AuditEntry.objects.get(action="person.added")
    assert (entry.person, entry.after["roles"], entry.after["scope_tags"]) == (alice, ["helpdesk"], ["Lyon"])


def test_what_changed_is_recorded_and_nothing_else(alice, bob):
    saved(bob, alice, "auditor", email=bob.email)
    entry = AuditEntry.objects.get(action="person.edited")
    assert (entry.before, entry.after) == ({"roles": ["helpdesk"]}, {"roles": ["auditor"]})
    saved(bob, alice, "auditor", email=bob.email)
    assert AuditEntry.objects.filter(action="person.edited").count() == 1


@pytest.mark.parametrize("name", ["bob", "BOB"])
def test_a_name_is_somebodys_alone_however_it_is_written(alice, bob, name):
    with pytest.raises(AccessRefused) as refused:
        saved(None, alice, "helpdesk", username=name)
    assert refused.value.field == "username"


def test_nobody_gives_a_role_that_allows_more_than_they_may(gatekeeper):
    with pytest.raises(AccessRefused) as refused:
        saved(None, gatekeeper, "auditor")
    assert (refused.value.field, refused.value.details) == ("roles", {"role": "Auditor"})
    assert not Person.objects.filter(username="dora").exists()
    saved(None, gatekeeper, "gatekeeper")


def test_nobody_raises_themselves(gatekeeper):
    with pytest.raises(AccessRefused):
        saved(gatekeeper, gatekeeper, "administrator")
    assert list(gatekeeper.roles.all()) == [role("gatekeeper")]


def test_somebody_stronger_is_not_changed(gatekeeper, bob):
    """A new address would be a way to their password."""
    with pytest.raises(AccessRefused) as refused:
        saved(bob, gatekeeper, "gatekeeper", email="mallory@orchard.example")
    assert refused.value.details == {"person": "bob"}
    bob.refresh_from_db()
    assert bob.email == "bob@orchard.example"


def test_narrowed_one_gives_only_tags_of_theirs(lydia, lyon, paris):
    with pytest.raises(AccessRefused) as refused:
        saved(None, lydia, "helpdesk", tags=[lyon, paris])
    assert refused.value.details == {"tag": "Paris"}
    assert list(saved(None, lydia, "helpdesk", tags=[lyon]).scope_tags.all()) == [lyon]


def test_only_who_sees_everything_makes_somebody_who_does(lydia, lyon):
    for person in (None, lydia):
        with pytest.raises(AccessRefused) as refused:
            saved(person, lydia, "administrator")
        assert refused.value.field == "scope_tags"
    assert list(lydia.scope_tags.all()) == [lyon]


def test_a_narrowed_one_sees_people_all_of_whose_tags_are_theirs(lydia, lyon, paris, bob):
    inside, both, outside = (a_person(name, "helpdesk") for name in ("ida", "bea", "olga"))
    inside.scope_tags.add(lyon)
    both.scope_tags.add(lyon, paris)
    outside.scope_tags.add(paris)
    assert set(Person.objects.visible_to(lydia)) == {lydia, inside}
    lydia.scope_tags.add(paris)
    as_of_now = Person.objects.get(pk=lydia.pk)  # as every request finds them
    assert set(Person.objects.visible_to(as_of_now)) == {lydia, inside, both, outside}


def test_the_last_manager_is_not_demoted(alice, lyon, lydia):
    for change in ({"roles": ["helpdesk"]}, {"roles": ["administrator"], "tags": [lyon]}):
        with pytest.raises(AccessRefused) as refused:
            saved(alice, None, *change["roles"], tags=change.get("tags", ()))
        assert "nobody else" in refused.value.sentence
        assert (list(alice.roles.all()), alice.scope_tags.count()) == ([role("administrator")], 0)
    a_person("amy", "administrator")
    saved(alice, None, "helpdesk")


def test_a_deactivated_one_or_a_service_is_no_manager(alice):
    Person.objects.filter(pk=a_person("amy", "administrator").pk).update(is_active=False)
    Person.objects.filter(pk=a_person("robot", "administrator").pk).update(is_service=True)
    with pytest.raises(AccessRefused):
        saved(alice, alice, "helpdesk")


def test_a_new_address_takes_the_old_one_away(alice, bob):
    """Else whoever reads the old one could ask for a new password."""
    EmailAddress.objects.create(user=bob, email=bob.email, verified=True, primary=True)
    saved(bob, alice, "helpdesk", email="robert@orchard.example")
    assert not EmailAddress.objects.filter(user=bob).exists()


def test_what_became_of_them_meanwhile_stays(alice, bob):
    bob_as_read = Person.objects.get(pk=bob.pk)
    bob.set_password("another long password")
    bob.is_active = False
    bob.save()

    saved(bob_as_read, alice, "helpdesk", username="robert")

    bob.refresh_from_db()
    assert (bob.username, bob.is_active, bob.check_password("another long password")) == ("robert", False, True)


def test_nobody_sees_everything_because_their_scope_tag_was_deleted_meanwhile(alice, bob, lyon):
    ScopeTag.objects.filter(pk=lyon.pk).delete()
    for person in (None, bob):
        with pytest.raises(AccessRefused) as refused:
            saved(person, alice, "helpdesk", tags=[lyon])
        assert refused.value.field == "scope_tags"
    assert not Person.objects.filter(username="dora").exists()
