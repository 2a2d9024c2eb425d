from django.db.models import Exists, OuterRef, QuerySet

from enrollment.models import Delivery, Person
from enrollment.models.person import NOTHING

# The warning that mails do not leave: those it concerns are told of it by mail, too.
MAILS_FAILING = "mails_failing"


def unreached_people() -> QuerySet[Person]:
    """Whom mails do not reach though there is something to tell them, who waits longest first."""
    # That they are not reached by the news that they are not reached would hold for ever.
    lost = Delivery.objects.undelivered().filter(person=OuterRef("pk")).exclude(alert__condition=MAILS_FAILING)
    people = Person.objects.filter(Exists(lost), is_active=True, failing_since__isnull=False)
    return people.exclude(email="").exclude(told_from=NOTHING).order_by("failing_since", "pk")
