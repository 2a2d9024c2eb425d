from smtplib import SMTPAuthenticationError, SMTPException, SMTPRecipientsRefused, SMTPResponseException
from typing import Self
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
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

CUT_OFF_OFTEN = 2


class MailServer:
    """One connection for several mails, and whether the server is well: if not, it is not waited for again."""

    def __init__(self) -> None:
        self.connection: BaseEmailBackend = get_connection()
        self._troubles: list[NotDelivered] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.connection.close()

    def check(self) -> None:
        """NotDelivered as it was said before, when there is no use in asking."""
        if len(self._troubles) >= CUT_OFF_OFTEN:
            raise self._troubles[-1]

    def note(self, problem: NotDelivered) -> None:
        """Away is away for all mails; what was cut off may be for that mail, but twice is not."""
        if isinstance(problem, MailServerAway | MailServerRefusesUs):
            self._troubles += [problem] * CUT_OFF_OFTEN
        elif isinstance(problem, MailCutOff):
            self._troubles.append(problem)


def mail_message(message: Message, to: str, *, through: MailServer) -> None:
    """Mail it, as text and as HTML; NotDelivered when the server does not take it, or is known not to be well.

    The connection stays open for the next one, unless something went wrong.
    """
    through.check()
    try:
        _send(_mail(message, to, through.connection), to, through.connection)
    except NotDelivered as problem:
        through.note(problem)
        raise


def _send(mail: EmailMultiAlternatives, to: str, through: BaseEmailBackend) -> None:
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
