"""All conditions, in the order in which warnings of one severity are told."""

from enrollment.actions.warnings.conditions.expiry import TokenExpired, TokenExpiring
from enrollment.actions.warnings.conditions.rules_stopped import RulesStopped
from enrollment.actions.warnings.conditions.token_trouble import TermsNotSigned, TokenRejected, TokenUnreachable
from enrollment.actions.warnings.warning import Condition

CONDITIONS: tuple[Condition, ...] = (
    TokenExpired(),
    TokenRejected(),
    TermsNotSigned(),
    TokenExpiring(),
    TokenUnreachable(),
    RulesStopped(),
)
