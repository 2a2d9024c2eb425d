"""French as it is set: a sign keeps to its word, so that no line ends between them (Imprimerie nationale)."""

import re

NO_BREAK = "\N{NO-BREAK SPACE}"
NARROW = "\N{NARROW NO-BREAK SPACE}"
_WIDE = re.compile(r"(?<=«)\s|\s(?=»|:|%(?:%|(?![(sd])))")
_THIN = re.compile(r"\s(?=[;?!])")


def typeset(text: str) -> str:
    """The same French text, typed with spaces as a keyboard has them."""
    return _THIN.sub(NARROW, _WIDE.sub(NO_BREAK, text))
