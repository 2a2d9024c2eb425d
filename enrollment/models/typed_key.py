from enrollment.models.keyset_place import LAST_KEY


def typed_key(said: str) -> int:
    """The key of a row that somebody's request names; 0, which no row has, for whatever cannot be one."""
    is_short = said.isascii() and said.isdecimal() and len(said) <= len(str(LAST_KEY))
    return int(said) if is_short and int(said) <= LAST_KEY else 0
