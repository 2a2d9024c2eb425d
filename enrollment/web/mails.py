from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from enrollment.models import Permission
from enrollment.permissions import check_everywhere

SHOWN = 100


def mail_list(request: HttpRequest) -> HttpResponse:
    """The mails this installation keeps instead of sending them; only where that is so."""
    if not settings.SHOW_MAILS:
        raise Http404
    check_everywhere(request.user, Permission.MANAGE_ACCESS)
    folder = Path(settings.MAIL_DIR)
    files = sorted(folder.glob("*.log"), key=lambda file: file.stat().st_mtime, reverse=True)[:SHOWN]
    mails = [_shown(mail) for file in files for mail in _mails_in(file)]
    return render(request, "enrollment/mails/list.html", {"section": "mail-list", "mails": mails})


def _mails_in(file: Path) -> list[EmailMessage]:
    """Django parts the mails of one connection by a line of dashes."""
    parts = file.read_bytes().split(b"\n" + b"-" * 79 + b"\n")
    return [BytesParser(policy=policy.default).parsebytes(part) for part in parts if part.strip()]


def _shown(mail: EmailMessage) -> dict[str, str]:
    body = mail.get_body(preferencelist=("plain",))
    text = body.get_content() if body is not None else ""
    return {"to": str(mail["To"]), "subject": str(mail["Subject"]), "date": str(mail["Date"]), "text": text}
