"""API-3: a request sent again, because its answer was lost, does nothing again and is answered the same."""

from datetime import timedelta

import pytest
from django.urls import path
from django.utils import timezone
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response

from enrollment import limits
from enrollment.api.viewset import Viewset
from enrollment.models import Device, IdempotentAnswer, SyncRun
from tests.cast import a_device, a_profile, a_token

pytestmark = pytest.mark.django_db
KEY = {"Idempotency-Key": "delivery-4711"}


class Upload(Viewset):
    """Answers how many uploads it has taken."""

    parser_classes = [MultiPartParser]
    taken: list[bytes] = []

    def upload(self, request):
        self.taken.append(request.data["file"].read())
        return Response({"taken": len(self.taken)}, status=201, headers={"Location": "/uploads/1/"})

    def fail(self, request):
        raise ZeroDivisionError


urlpatterns = [
    path("api/v1/upload/", Upload.as_view({"post": "upload"})),
    path("api/v1/fail/", Upload.as_view({"post": "fail"})),
]
handler500 = "config.errors.went_wrong"


@pytest.fixture
def ours(alice):
    token = a_token(name="Ours", full_synced_at=timezone.now(), cursor="c")
    a_device(token, serial="ABC123456789")
    a_device(token, serial="ABC123456780")
    return a_profile(token, apple_uuid="A" * 32)


@pytest.fixture
def assign(ours):
    """Ask a program to assign our profile, under the same key unless another is named."""

    def to(ask, serial, key=KEY):
        return ask("post", f"profiles/{ours.pk}/assign/", data={"serials": [serial]}, headers=key)

    return to


def test_sent_again_it_does_nothing_again_and_is_answered_the_same(program, assign, alice):
    ask = program(alice)
    first = assign(ask, "ABC123456789")
    Device.objects.update(wish="nothing", profile=None)
    again = assign(ask, "ABC123456789")
    assert again.status_code == first.status_code == 202
    assert again.json() == first.json()
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    assert not Device.objects.exclude(profile=None).exists()


def test_without_a_key_it_is_done_again(program, assign, alice):
    ask = program(alice)
    assign(ask, "ABC123456789", key={})
    assert assign(ask, "ABC123456789", key={}).json()["has"] == 1
    assert not IdempotentAnswer.objects.exists()


def test_another_request_under_the_same_key_is_refused(program, assign, alice):
    ask = program(alice)
    assign(ask, "ABC123456789")
    answer = assign(ask, "ABC123456780")
    assert answer.status_code == 422
    assert "another request" in answer.json()["detail"]
    assert Device.objects.filter(profile=None).get().serial == "ABC123456780"


def test_a_refusal_leaves_the_key_free(program, assign, alice):
    ask = program(alice)
    assert ask("post", "profiles/0/assign/", data={"serials": ["A"]}, headers=KEY).status_code == 404
    assert assign(ask, "A" * 33).status_code == 400
    assert assign(ask, "ABC123456789").status_code == 202


def test_a_conflict_leaves_the_key_free(program, ours, alice):
    ask, sync = program(alice), f"tokens/{ours.token_id}/sync/"
    ask("post", sync)
    SyncRun.objects.update(status="done")
    assert ask("post", sync, headers=KEY).status_code == 409
    SyncRun.objects.update(asked_at=timezone.now() - limits.MANUAL_SYNC_EVERY)
    assert ask("post", sync, headers=KEY).status_code == 202


def test_while_the_first_is_under_way_the_second_waits(program, assign, alice):
    ask = program(alice)
    assign(ask, "ABC123456789")
    IdempotentAnswer.objects.update(status=None)
    answer = assign(ask, "ABC123456789")
    assert answer.status_code == 409
    assert "under way" in answer.json()["detail"]
    assert assign(ask, "ABC123456780").status_code == 422


def test_what_a_dead_worker_left_under_way_is_free_after_minutes(program, assign, alice):
    ask = program(alice)
    assign(ask, "ABC123456789")
    IdempotentAnswer.objects.update(status=None, made_at=timezone.now() - timedelta(minutes=6))
    assert assign(ask, "ABC123456789").json()["has"] == 1


def test_another_persons_same_key_is_another(program, assign, alice, charlie):
    charlie.scope_tags.clear()
    assign(program(alice), "ABC123456789")
    assert assign(program(charlie), "ABC123456780").status_code == 202


def test_another_program_of_the_same_person_is_told_so(program, assign, alice):
    """It may and sees other things: it must not be handed what the first was answered."""
    assign(program(alice), "ABC123456789")
    assert assign(program(alice, role="profile_assigner"), "ABC123456789").status_code == 422


def test_after_a_day_the_key_is_free(program, assign, alice):
    ask = program(alice)
    assign(ask, "ABC123456789")
    IdempotentAnswer.objects.update(made_at=timezone.now() - limits.ANSWERS_KEPT_FOR)
    answer = assign(ask, "ABC123456789")
    assert "Idempotency-Replayed" not in answer.headers
    assert answer.json()["has"] == 1


def test_what_was_answered_is_kept_sealed(program, assign, alice):
    assign(program(alice), "UNKNOWN00000")
    kept = IdempotentAnswer.objects.get()
    assert kept.answer()["body"]["unknown"] == ["UNKNOWN00000"]
    assert b"UNKNOWN" not in bytes(kept.sealed_answer)
    assert "UNKNOWN" not in kept.request_mark


@pytest.mark.parametrize("key", ["k" * 251, "line\tbreak"])
def test_a_key_that_is_none(program, assign, alice, key):
    answer = assign(program(alice), "ABC123456789", key={"Idempotency-Key": key})
    assert answer.status_code == 400
    assert "Idempotency-Key" in answer.json()["errors"]


def test_reading_takes_no_key(program, ours, alice):
    assert program(alice)("get", "tokens/", headers=KEY).status_code == 200
    assert not IdempotentAnswer.objects.exists()


def multipart(line, content):
    body = (
        f'--{line}\r\nContent-Disposition: form-data; name="file"; filename="t.p7m"\r\n\r\n{content}\r\n--{line}--\r\n'
    )
    return {"data": body, "content_type": f"multipart/form-data; boundary={line}"}


def test_an_upload_sent_again_draws_another_line(program, alice, settings):
    settings.ROOT_URLCONF = __name__
    Upload.taken.clear()
    ask = program(alice)
    first = ask("post", "upload/", headers=KEY, **multipart("one", "token"))
    again = ask("post", "upload/", headers=KEY, **multipart("two", "token"))
    assert Upload.taken == [b"token"]
    assert again.status_code == first.status_code == 201
    assert again.json() == {"taken": 1}
    assert again.headers["Location"] == "/uploads/1/"
    assert ask("post", "upload/", headers=KEY, **multipart("two", "other")).status_code == 422


def test_what_went_wrong_here_leaves_the_key_free(client, program, alice, settings):
    settings.ROOT_URLCONF = __name__
    client.raise_request_exception = False
    assert program(alice)("post", "fail/", headers=KEY, **multipart("one", "token")).status_code == 500
    assert not IdempotentAnswer.objects.exists()
