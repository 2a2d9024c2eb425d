from typing import Any

from django.core.management.base import CommandError

from enrollment.management.first_link import first_link
from enrollment.management.operator import OperatorCommand


class Command(OperatorCommand):
    help = "Print the one-time link that makes the first administrator; the one printed before is void then."

    def handle(self, **_options: Any) -> None:
        link = first_link()
        if link is None:
            raise CommandError("There is an administrator already. Another one is made by manage.py createsuperuser.")
        self.stdout.write(link)
