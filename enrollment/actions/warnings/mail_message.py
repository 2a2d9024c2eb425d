from smtplib import SMTPAuthenticationError, SMTPException, SMTPRecipientsRefused, SMTPResponseException
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.template.loader import render_to_string
from django.utils import translation

from enrollment.messengers.errors import (
    MailboxRefused,
    MailCutOff,
    MailRefused,
    MailServerAway,
    MailServerRefusesUs,
    NotDelivered,
    harmless,
)
from enrollment.messengers.message import Message


def mail_message(message: Message, to: str, *, through: BaseEmailBackend) -> None:
    """Mail it, as text and as HTML; NotDelivered when the server does not take it.

    The connection stays open for the next one, unless something went wrong.
    """
    mail = _mail(message, to, through)
    _open(through)
    try:
        mail.send()
    except SMTPRecipientsRefused as error:
        problem: NotDelivered = MailboxRefused(address=to, said=_said(*next(iter(error.recipients.values()), (0, b""))))
    except SMTPResponseException as error:
        problem = MailRefused(said=_said(error.smtp_code, error.smtp_error))
    except (SMTPException, OSError) as error:
        problem = MailCutOff(said=harmless(str(error)))
    except ValueError as error:  # an address that no mail can be written to
        problem = MailboxRefused(address=to, said=harmless(str(error)))
    else:
        return
    through.close()
    raise problem


def _open(through: BaseEmailBackend) -> None:
    try:
        through.open()
    except SMTPAuthenticationError:
        raise MailServerRefusesUs from None
    except (SMTPException, OSError) as error:
        raise MailServerAway(said=harmless(str(error))) from None


def _mail(message: Message, to: str, through: BaseEmailBackend) -> EmailMultiAlternatives:
    host = urlsplit(settings.BASE_URL).hostname or "localhost"
    values = {"message": message, "items": message.items, "more": message.more(len(message.items))}
    with translation.override(message.language):
        mail = EmailMultiAlternatives(
            message.subject,
            render_to_string("mail/warnings.txt", values),
            to=[to],
            headers={"Message-ID": f"<{message.id}@{host}>", "Auto-Submitted": "auto-generated"},
            connection=through,
        )
        mail.attach_alternative(render_to_string("mail/warnings.html", values), "text/html")
    return mail


def _said(status: int, words: bytes | str) -> str:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else str(words)
    return harmless(f"{status} {text}")
