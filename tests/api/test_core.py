"""API-1 to API-3: what every operation has in common."""

import pytest
from django.test import Client
from django.urls import path
from django.utils import timezone
from rest_framework.views import APIView

from enrollment.models import ApiKey
from tests.cast import a_device, a_profile, a_token

pytestmark = pytest.mark.django_db
PROBLEM = "application/problem+json"


class Broken(APIView):
    def get(self, request):
        raise ZeroDivisionError


# An installation in which something is wrong.
urlpatterns = [path("api/v1/broken/", Broken.as_view())]
handler500 = "config.errors.went_wrong"


@pytest.fixture
def ours(alice):
    token = a_token(name="Ours", full_synced_at=timezone.now(), cursor="c")
    profile = a_profile(token, apple_uuid="A" * 32)
    return token, profile, a_device(token, serial="ABC123456789")


def problem(answer, status):
    """What a refusal says, in the one shape all of them have."""
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == PROBLEM
    said = answer.json()
    assert said["status"] == status
    assert said["type"] == "about:blank"
    assert said["title"]
    return said


def test_only_the_fields_asked_for(program, ours, alice):
    ask = program(alice)
    assert ask("get", f"devices/{ours[2].pk}/?fields=id,serial").json() == {
        "id": ours[2].pk,
        "serial": "ABC123456789",
    }
    assert ask("get", "devices/?fields=serial").json()["results"] == [{"serial": "ABC123456789"}]
    assert ask("get", "devices/?fields=id&fields=serial").json()["results"][0].keys() == {"id", "serial"}
    assert len(ask("get", "devices/?fields=").json()["results"][0]) > 10


def test_a_field_that_there_is_not_is_named(program, ours, alice):
    said = problem(program(alice)("get", "devices/?fields=serial,colour"), 400)
    assert "serial" in said["errors"]["fields"][0]


def test_a_page_size_that_is_none_is_refused(program, ours, alice):
    for size in ("0", "-1", "1001", "many", "9" * 5_000, "null"):
        assert "page_size" in problem(program(alice)("get", f"devices/?page_size={size}"), 400)["errors"]
    assert program(alice)("get", "devices/?page_size=1000").status_code == 200


def test_every_answer_says_how_many_requests_are_left(program, alice, settings):
    settings.API_RATE = "3/min"
    ask = program(alice)
    answers = [ask("get", "tokens/") for _ in range(3)]
    assert [answer.headers["RateLimit"].split(";")[1] for answer in answers] == ["r=2", "r=1", "r=0"]
    assert {answer.headers["RateLimit-Policy"] for answer in answers} == {'"requests";q=3;w=60'}


def test_too_many_requests_are_told_when_to_come_back(program, alice, bob, settings):
    settings.API_RATE = "2/min"
    ask = program(alice)
    for _ in range(2):
        assert ask("get", "tokens/").status_code == 200
    answer = ask("get", "tokens/")
    assert problem(answer, 429)["detail"]
    assert 0 < int(answer.headers["Retry-After"]) <= 60
    assert answer.headers["RateLimit"].split(";")[1] == "r=0"
    assert program(bob)("get", "tokens/").status_code == 200  # has a key of his own


def test_a_minute_later_there_are_requests_again(program, alice, settings, time_machine):
    settings.API_RATE = "1/min"
    ask = program(alice)
    time_machine.move_to("2026-01-01T10:00:00Z")
    assert [ask("get", "tokens/").status_code for _ in range(2)] == [200, 429]
    time_machine.move_to("2026-01-01T10:01:01Z")
    assert ask("get", "tokens/").status_code == 200


def test_wrong_keys_are_counted_by_address_and_keep_no_right_one_out(program, client, alice, settings):
    def guess(n):
        return client.get("/api/v1/tokens/", headers={"Authorization": f"Bearer pomona_{n}"})

    settings.API_FAILURE_RATE = "5/min"
    assert {guess(n).status_code for n in range(5)} == {401}
    answer = guess("once more")
    problem(answer, 429)
    assert int(answer.headers["Retry-After"]) > 0
    assert program(alice)("get", "tokens/").status_code == 200
    elsewhere = Client(REMOTE_ADDR="192.0.2.7")
    assert elsewhere.get("/api/v1/tokens/", headers={"Authorization": "Bearer pomona_x"}).status_code == 401


def test_an_address_that_is_none(program, client, alice):
    for path_ in ("nothing/", "tokens/1/nothing/", "tokens/one/", "tokens/0/", f"tokens/{9**30}/", "tokens/1"):
        said = problem(program(alice)("get", path_), 404)
        assert said["detail"] == "There is no such thing here."
    assert problem(client.get("/api/v1/nothing/"), 404)


def test_a_refusal_is_said_in_the_language_asked_for(program, alice):
    said = program(alice)("get", "nothing/", headers={"Accept-Language": "fr"}).json()
    assert said["detail"] != "There is no such thing here."


def test_a_method_that_is_none(program, ours, alice):
    answer = program(alice)("put", "tokens/", data={})
    problem(answer, 405)
    assert "GET" in answer.headers["Allow"]


def test_a_method_that_is_none_is_no_matter_of_permission(program, ours, bob):
    for method in ("delete", "options"):
        problem(program(bob)(method, f"tokens/{ours[0].pk}/sync/"), 405)


def test_an_answer_that_is_not_to_be_had(program, ours, alice):
    problem(program(alice)("get", "tokens/", headers={"Accept": "text/csv"}), 406)


def test_a_body_of_another_kind(program, ours, alice):
    path_ = f"profiles/{ours[1].pk}/assign/"
    problem(program(alice)("post", path_, data="serials=A", content_type="application/x-www-form-urlencoded"), 415)


@pytest.mark.parametrize(
    "body", ["", "{", "nothing", '{"serials": ["\\ud800"]}', "[" * 100_000, b"\xff\xfe", '{"serials": NaN}']
)
def test_a_body_that_cannot_be_read(program, ours, alice, body):
    said = problem(program(alice)("post", f"profiles/{ours[1].pk}/assign/", data=body), 400)
    assert said["detail"]


def test_a_body_that_is_too_large(program, ours, alice, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000
    said = {"serials": ["A" * 32] * 100}
    problem(program(alice)("post", f"profiles/{ours[1].pk}/assign/", data=said), 413)
    with_key = program(alice)("post", f"profiles/{ours[1].pk}/assign/", data=said, headers={"Idempotency-Key": "k"})
    problem(with_key, 413)


def test_a_fault_of_ours_is_a_problem_document_too(client, program, alice, settings):
    settings.ROOT_URLCONF = __name__
    client.raise_request_exception = False
    said = problem(program(alice)("get", "broken/"), 500)
    assert said["detail"] == "Something went wrong here. It is noted in the log."
    assert "ZeroDivisionError" not in str(said)


def test_nothing_is_answered_without_a_key(client, ours):
    answer = client.get("/api/v1/tokens/")
    assert "credentials" in problem(answer, 401)["detail"]
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_browser_changes_nothing_without_its_csrf_token(ours, alice):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(alice)
    assert browser.get("/api/v1/tokens/").status_code == 200
    said = problem(browser.post(f"/api/v1/tokens/{ours[0].pk}/sync/"), 403)
    assert "CSRF" in said["detail"]


@pytest.mark.parametrize("change", [{"revoked_at": timezone.now()}, {"expires_at": timezone.now()}])
def test_a_key_that_is_over_opens_nothing(program, alice, change):
    ask = program(alice)
    assert ask("get", "tokens/").status_code == 200
    ApiKey.objects.update(**change)
    problem(ask("get", "tokens/"), 401)


def test_the_key_of_somebody_who_has_left_opens_nothing(program, alice):
    ask = program(alice)
    alice.is_active = False
    alice.save()
    problem(ask("get", "tokens/"), 401)
