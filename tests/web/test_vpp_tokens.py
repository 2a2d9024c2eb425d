"""The page of VPP tokens: added, refused at the field, chosen, deleted."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from enrollment.models import ScopeTag, VppToken
from enrollment.simulator.content_token import content_token
from tests.cast import a_profile, a_token, a_vpp_token

pytestmark = pytest.mark.django_db


def add(browser, content, name="Lyon", **typed):
    file = SimpleUploadedFile("s.vpptoken", content)
    return browser.post(reverse("vpp-token-new"), {"name": name, "file": file, **typed}, follow=True)


def test_a_token_is_added_and_listed(as_alice):
    page = add(as_alice, content_token("Orchard Ltd", timezone.now())).content.decode()
    assert "The VPP token “Lyon” is added." in page
    assert "Orchard Ltd" in page
    assert VppToken.objects.get().name == "Lyon"


@pytest.mark.parametrize(
    ("content", "name", "field", "said"),
    [
        (b"hello", "Lyon", "id_file", "This is not a content token for apps and books (VPP)."),
        (b"<plist/>", "Lyon", "id_file", "This is a configuration profile (.mobileconfig), not a content token."),
        (b"x" * 70_000, "Lyon", "id_file", "This file is too large for a content token (at most 64 KB)."),
        (content_token("Orchard", timezone.now()), "Taken", "id_name", "Another VPP token has this name."),
    ],
)
def test_a_refusal_stands_at_its_field_and_the_name_stays(as_alice, content, name, field, said):
    a_vpp_token(name="Taken")
    page = add(as_alice, content, name).content.decode()
    at_the_field = page[page.index(f'id="{field}_error"') :]
    assert said in at_the_field[: at_the_field.index("</ul>")]
    assert f'value="{name}"' in page
    assert VppToken.objects.count() == 1


def test_who_has_a_scope_has_to_give_one_of_his_tags(as_charlie, charlie):
    page = add(as_charlie, content_token("Orchard", timezone.now())).content.decode()
    assert "Choose one of yours" in page
    tag = charlie.scope_tags.get()
    add(as_charlie, content_token("Orchard", timezone.now()), scope_tags=[tag.pk])
    assert list(VppToken.objects.get().scope_tags.all()) == [tag]


def test_one_that_is_chosen_says_by_whom_and_stays(as_alice):
    token = a_vpp_token()
    settings = {"affinity": "with", "method": "company_portal", "company_portal_vpp": token.pk}
    a_profile(a_token(), name="Staff", **settings)
    assert "Staff" in as_alice.get(reverse("vpp-token-list")).content.decode()
    page = as_alice.post(reverse("vpp-token-delete", args=[token.pk]), follow=True).content.decode()
    assert "It is chosen by: Staff." in page
    assert VppToken.objects.exists()


def test_one_that_nobody_chose_goes(as_alice):
    as_alice.post(reverse("vpp-token-delete", args=[a_vpp_token().pk]))
    assert not VppToken.objects.exists()


def test_an_empty_list_says_what_to_do(as_alice):
    assert "No VPP token yet" in as_alice.get(reverse("vpp-token-list")).content.decode()


def test_scope_tags_of_others_are_not_told(as_charlie, charlie):
    theirs, beyond = charlie.scope_tags.get(), ScopeTag.objects.create(name="Beyond")
    for one, page in ((a_vpp_token(), reverse("vpp-token-list")), (token := a_token(), f"/tokens/{token.pk}/")):
        one.scope_tags.set([theirs, beyond])
        said = as_charlie.get(page).content.decode()
        assert theirs.name in said
        assert beyond.name not in said


def test_many_tokens_ask_the_database_as_often_as_one(as_alice, django_assert_max_num_queries):
    def grow(count):
        for _ in range(count):
            a_profile(a_token(), company_portal_vpp=a_vpp_token().pk)

    grow(1)
    with CaptureQueriesContext(connection) as one:
        as_alice.get(reverse("vpp-token-list"))
    grow(10)
    with django_assert_max_num_queries(len(one)):
        as_alice.get(reverse("vpp-token-list"))
