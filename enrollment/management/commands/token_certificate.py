from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from enrollment.actions.tokens.hand_out_certificate import hand_out_certificate
from enrollment.actions.tokens.start_token import start_token
from enrollment.management.operator import OperatorCommand
from enrollment.models import Token, TokenDraft


class Command(OperatorCommand):
    help = "Print the public key certificate for a new token, to be uploaded in the portal. Nothing else is printed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="the token's name; a draft of that name is made if there is none")

    def handle(self, *, name: str, **_options: Any) -> None:
        if Token.objects.filter(name=name).exists():
            raise CommandError(f"A token named “{name}” is connected already.")
        draft = TokenDraft.objects.filter(name=name).first() or start_token(by=None, name=name)
        pem = hand_out_certificate(draft, by=None)
        self.stdout.write(pem, ending="")
