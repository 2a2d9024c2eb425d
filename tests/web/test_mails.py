"""Where mails are kept instead of sent, a page shows them."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from enrollment.actions.warnings.send_notices import send_notices
from tests.cast import a_token

pytestmark = pytest.mark.django_db


def test_kept_mails_can_be_read(as_alice, settings, tmp_path):
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = settings.MAIL_DIR = str(tmp_path)
    settings.SHOW_MAILS = True
    assert "No mail yet" in as_alice.get(reverse("mail-list")).content.decode()
    a_token(name="Läden", expires_at=timezone.now() + timedelta(days=5))
    assert send_notices() == 1
    shown = as_alice.get(reverse("mail-list")).content.decode()
    assert "The token “Läden” expires soon" in shown
    assert "alice@orchard.example" in shown
    assert "download a new server token" in shown


def test_without_that_there_is_no_such_page(as_alice, settings):
    settings.SHOW_MAILS = False
    assert as_alice.get(reverse("mail-list")).status_code == 404
