"""Where mails are kept instead of sent, a page shows them."""

import pytest
from django.urls import reverse

from enrollment.actions.access.mail_password_link import mail_password_link

pytestmark = pytest.mark.django_db


def test_kept_mails_can_be_read(as_alice, alice, settings, tmp_path):
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = settings.MAIL_DIR = str(tmp_path)
    settings.SHOW_MAILS = True
    assert "No mail yet" in as_alice.get(reverse("mail-list")).content.decode()
    alice.first_name = "Älice"
    assert mail_password_link(alice, "https://pomona.example/a-link")
    shown = as_alice.get(reverse("mail-list")).content.decode()
    assert "A new password at Pomona" in shown
    assert "alice@orchard.example" in shown
    assert "Hello Älice" in shown


def test_without_that_there_is_no_such_page(as_alice, settings):
    settings.SHOW_MAILS = False
    assert as_alice.get(reverse("mail-list")).status_code == 404
