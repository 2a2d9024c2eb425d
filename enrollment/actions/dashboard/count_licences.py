from enrollment.models import Person, VppToken
from enrollment.models.licence_stock import Stock, company_portal_stock

SHOWN = 6


def count_licences(person: Person) -> list[tuple[VppToken, Stock]]:
    """Of each VPP token the person sees, what it has of the Company Portal; the fewest left first."""
    tokens = list(VppToken.objects.visible_to(person).defer("sealed_token"))
    stock = company_portal_stock(tokens)
    known = [(token, stock[token.pk]) for token in tokens if token.pk in stock]
    return sorted(known, key=lambda one: (one[1].free, one[0].name))
