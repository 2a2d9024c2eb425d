import secrets
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from enrollment.actions.access.add_person import add_person
from enrollment.management.operator import OperatorCommand
from enrollment.models import Person, Role, ScopeTag
from enrollment.models.role import BUILT_IN


class Command(OperatorCommand):
    help = "Add a person who may sign in; the password is made here and printed once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name")
        parser.add_argument("--role", action="append", required=True, choices=sorted(BUILT_IN), help="may be repeated")
        parser.add_argument("--email", default="")
        parser.add_argument("--scope", action="append", default=[], metavar="TAG", help="a scope tag; may be repeated")
        parser.add_argument("--language", default="", choices=["", "en", "fr"])

    def handle(self, **options: Any) -> None:
        if Person.objects.filter(username__iexact=options["name"]).exists():
            raise CommandError(f"There is a person named {options['name']} already.")
        password = secrets.token_urlsafe(12)
        add_person(
            options["name"],
            password=password,
            roles=Role.objects.filter(key__in=options["role"]),
            by=None,
            email=options["email"],
            scope_tags=[ScopeTag.objects.get_or_create(name=name)[0] for name in options["scope"]],
            language=options["language"],
        )
        self.stdout.write(f"{options['name']} / {password}")
