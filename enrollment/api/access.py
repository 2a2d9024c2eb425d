"""What people, roles, scope tags and keys have in common: who reads them, and how a verb's refusal is told."""

from collections.abc import Iterator
from contextlib import contextmanager

from rest_framework.request import Request

from enrollment.actions.access.what_may_be_given import AccessRefused
from enrollment.api.problem import refusal, wrong_value
from enrollment.api.viewset import Viewset
from enrollment.models import Permission
from enrollment.permissions import check_any

READS = ("list", "retrieve")


class OfAccess(Viewset):
    """Who manages access, or reads the audit log, reads who may what; who manages access changes it."""

    needed = Permission.MANAGE_ACCESS

    def check_permissions(self, request: Request) -> None:
        if self.action in READS:
            self.needs = {self.action: None}
        super().check_permissions(request)
        if self.action in READS:
            check_any(request.user, Permission.MANAGE_ACCESS, Permission.READ_AUDIT)


@contextmanager
def refusals_told(*fields: str) -> Iterator[None]:
    """A verb's AccessRefused at the field it is about, or about the whole."""
    try:
        yield
    except AccessRefused as error:
        raise (wrong_value(error.field, error) if error.field in fields else refusal(error)) from None
