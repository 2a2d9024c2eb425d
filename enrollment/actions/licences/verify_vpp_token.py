from enrollment.actions.licences.note_location import note_location
from enrollment.actions.licences.note_unread import note_unread
from enrollment.apple.errors import AppleError
from enrollment.connection import connect_content
from enrollment.models import Person, VppToken

# A person waits for the answer.
TIMEOUT = (5.0, 15.0)


def verify_vpp_token(token: VppToken, *, by: Person | None) -> bool:
    """Ask Apple whose content token it is and keep the answer; its licences are read next.

    False, the reason on the token, when Apple says no; whoever reads it already finds out the same.
    """
    if not token.claim_reading():
        return True
    try:
        with connect_content(token, timeout=TIMEOUT) as apple:
            location = apple.client_config()
    except AppleError as error:
        note_unread(token, error)
        return False
    note_location(token, location, by=by, next_read_at=None)
    return True
