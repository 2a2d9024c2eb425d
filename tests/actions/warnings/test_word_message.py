"""What is said of warnings in a message: a name in it never becomes more than a name."""

from django.utils import timezone

from enrollment.actions.warnings.every_condition import CONDITIONS
from enrollment.actions.warnings.warning import StandingWarning
from enrollment.actions.warnings.word_message import word_message
from enrollment.models import Severity, Token

REJECTED = next(condition for condition in CONDITIONS if condition.id == "token_rejected")


def test_a_name_with_line_breaks_begins_no_line_of_its_own():
    """Else it could pass for a second warning, with a link of its own."""
    name = "Shops\r\n\r\n[Unhealthy] Sign in\x0bat\u2028https://evil.example"
    token = Token(pk=5, name=name)
    warning = StandingWarning(
        condition=REJECTED, severity=Severity.UNHEALTHY, token=token, details={"name": name}, since=timezone.now()
    )
    message = word_message([warning], identity="1", made_at=timezone.now())
    said = "Apple rejects the token “Shops [Unhealthy] Sign in at https://evil.example”"
    assert message.subject == f"Unhealthy: {said}"
    assert message.items[0].sentence == f"{said}."
    assert message.items[0].about == {"type": "token", "id": 5, "name": name}, "programs get it as it is"
