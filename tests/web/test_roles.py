import pytest
from django.urls import reverse

from enrollment.models import Role, ScopeTag
from tests.cast import a_token

pytestmark = pytest.mark.django_db


def test_a_role_is_made_from_another_and_deleted_again(as_alice):
    helpdesk = Role.objects.get(key="helpdesk")
    page = as_alice.get(f"{reverse('role-new')}?like={helpdesk.pk}").content.decode()
    assert page.count(" checked") == len(helpdesk.permissions)
    as_alice.post(reverse("role-new"), {"name": "Front desk", "permissions": ["read_device", "read_audit"]})
    made = Role.objects.get(name="Front desk")
    assert made.permissions == ["read_device", "read_audit"]
    page = as_alice.get(reverse("role-detail", args=[made.pk])).content.decode()
    assert "Read who did what" in page
    as_alice.post(reverse("role-delete", args=[made.pk]))
    assert not Role.objects.filter(pk=made.pk).exists()


def test_what_is_wrong_with_a_role_is_told_and_nothing_typed_is_lost(as_alice):
    page = as_alice.post(reverse("role-new"), {"name": "Front desk"}).content.decode()
    assert "Choose at least one permission" in page
    assert 'value="Front desk"' in page
    page = as_alice.post(reverse("role-new"), {"name": "Helpdesk", "permissions": ["read_token"]}).content.decode()
    assert "Another role has this name already." in page
    assert page.count(" checked") == 1


def test_a_built_in_role_is_not_changed(as_alice):
    helpdesk = Role.objects.get(key="helpdesk")
    page = as_alice.get(reverse("role-detail", args=[helpdesk.pk])).content.decode()
    assert reverse("role-edit", args=[helpdesk.pk]) not in page
    answer = as_alice.post(reverse("role-edit", args=[helpdesk.pk]), {"name": "Help", "permissions": ["read_token"]})
    assert "built-in role cannot be changed" in answer.content.decode()
    answer = as_alice.post(reverse("role-delete", args=[helpdesk.pk]), follow=True)
    assert "built-in role cannot be changed" in answer.content.decode()


def test_a_role_page_says_who_has_it(as_alice, bob):
    helpdesk = Role.objects.get(key="helpdesk")
    assert "bob" in as_alice.get(reverse("role-detail", args=[helpdesk.pk])).content.decode()


def test_a_tag_page_says_what_carries_it(as_alice, bob):
    as_alice.post(reverse("scope-tag-new"), {"name": "Lyon", "description": "The south"})
    tag, token = ScopeTag.objects.get(), a_token(name="Lyon schools")
    page = as_alice.get(reverse("scope-tag-detail", args=[tag.pk])).content.decode()
    assert reverse("scope-tag-delete", args=[tag.pk]) in page
    token.scope_tags.add(tag)
    bob.scope_tags.add(tag)
    page = as_alice.get(reverse("scope-tag-detail", args=[tag.pk])).content.decode()
    assert "Lyon schools" in page
    assert "bob" in page
    assert reverse("scope-tag-delete", args=[tag.pk]) not in page
    answer = as_alice.post(reverse("scope-tag-delete", args=[tag.pk]), follow=True)
    assert "Something still carries this scope tag" in answer.content.decode()
    as_alice.post(reverse("scope-tag-edit", args=[tag.pk]), {"name": "Lyon and Nice"})
    tag.refresh_from_db()
    assert str(tag) == "Lyon and Nice"


def test_two_tags_have_two_names(as_alice):
    ScopeTag.objects.create(name="Lyon")
    page = as_alice.post(reverse("scope-tag-new"), {"name": "lyon", "description": "Again"}).content.decode()
    assert "Another scope tag has this name already." in page
    assert 'value="Again"' in page
