import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError
from django.core.validators import validate_email

from enrollment import limits, tasks
from enrollment.actions.tokens.connect_token import DraftIncomplete, connect_token
from enrollment.actions.tokens.open_token_file import open_token_file, read_token_file
from enrollment.actions.tokens.save_token_draft import save_token_draft
from enrollment.actions.tokens.verify_token import verify_token
from enrollment.apple.errors import TokenFileError
from enrollment.management.operator import OperatorCommand
from enrollment.models import TokenDraft


class Command(OperatorCommand):
    help = "Connect a token with the file the portal gave for its certificate. Exit 0 done, 1 refused, 2 wrong usage."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name")
        parser.add_argument("file", type=Path, metavar="FILE.p7m")
        parser.add_argument("--apple-id", help="of the person who downloaded the token (needed unless --check-only)")
        parser.add_argument(
            "--agree", action="store_true", help="agree to send user and device information to Apple (needed likewise)"
        )
        parser.add_argument("--check-only", action="store_true", help="say as JSON what is in the file; change nothing")

    def handle(self, *, name: str, file: Path, **options: Any) -> None:
        if not options["check_only"] and not (options["apple_id"] and options["agree"]):
            raise CommandError("--apple-id and --agree are needed.", returncode=2)
        draft = TokenDraft.objects.filter(name=name).first()
        if draft is None:
            raise CommandError(f"There is no certificate for “{name}” yet: make one by token_certificate.")
        try:
            data = _read(file)
            if options["check_only"]:
                self._tell(draft, data)
            else:
                self._connect(draft, data, file.name, options["apple_id"])
        except TokenFileError as error:
            raise CommandError(f"{error} {error.advice % error.details}") from None

    def _tell(self, draft: TokenDraft, data: bytes) -> None:
        opened, pair = read_token_file(draft, data, by=None)
        said = {
            "consumer_key_end": opened.credentials.tail,
            "access_token_expiry": opened.credentials.expires_at.isoformat(),
            "certificate_sha256": pair.fingerprint,
        }
        self.stdout.write(json.dumps(said, indent=2))

    def _connect(self, draft: TokenDraft, data: bytes, file_name: str, apple_id: str) -> None:
        try:
            validate_email(apple_id)
        except ValidationError:
            raise CommandError(f"“{apple_id}” is no e-mail address.", returncode=2) from None
        open_token_file(draft, data, file_name, by=None)
        save_token_draft(draft, by=None, consents=True, apple_id=apple_id)
        try:
            token = connect_token(draft, by=None)
        except DraftIncomplete as error:
            raise CommandError(str(error)) from None
        if verify_token(token):
            self.stdout.write(
                f"Connected to “{token.server_name}” of {token.org_name}, until {token.expires_at:%Y-%m-%d}."
            )
        else:
            token.refresh_from_db()
            self.stderr.write(f"Kept, not verified yet: {token.trouble_sentence} {token.trouble_advice}")
        for run in token.sync_runs.open():
            tasks.enqueue(tasks.run_sync, run.pk)


def _read(file: Path) -> bytes:
    try:
        with file.open("rb") as stream:
            return stream.read(limits.TOKEN_FILE_BYTES + 1)
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror}.") from None
