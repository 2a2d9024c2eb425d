from django.db.models import Q, QuerySet

from enrollment.models.person import Person

NAMES = ("username", "first_name", "last_name", "email")


def found_by(people: QuerySet[Person], words: str) -> QuerySet[Person]:
    """Those of whom every word is part of a name or the address."""
    for word in words.replace("\x00", "").split():
        people = people.filter(Q(*[(f"{name}__icontains", word) for name in NAMES], _connector=Q.OR))
    return people
