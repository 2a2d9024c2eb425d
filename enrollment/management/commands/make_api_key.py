from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from enrollment import limits
from enrollment.actions.access.make_api_key import make_api_key
from enrollment.management.operator import OperatorCommand
from enrollment.models import Person


class Command(OperatorCommand):
    help = "Make an API key that acts as a person; it is printed once and stored only as a hash."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("person")
        parser.add_argument("--name", default="command line")
        parser.add_argument("--days", type=int, default=limits.API_KEY_DAYS, help="until it expires; 0: it never does")

    def handle(self, *, person: str, name: str, days: int, **_options: Any) -> None:
        found = Person.objects.filter(username=person, is_active=True).first()
        if found is None:
            raise CommandError(f"There is no active person named {person}.")
        self.stdout.write(make_api_key(found, name=name, by=None, days=days or None))
