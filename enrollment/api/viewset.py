"""What all viewsets have: whose rows, which permission, the fields asked for, a request sent twice, the rate."""

from collections.abc import Mapping
from typing import Any

from rest_framework import mixins, serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from enrollment.api.fields import only_asked_fields
from enrollment.api.idempotency import claim, keep_once_rendered
from enrollment.api.pages import Pages
from enrollment.api.throttle import tell_rate
from enrollment.models import IdempotentAnswer, Permission
from enrollment.permissions import check


class Viewset(viewsets.GenericViewSet):
    """`needed` is the permission for all of it; `needs` says otherwise by action, None being everybody signed in.

    Its queryset is what the person sees: anything else is not found. Actions of its own say `needed=` in their @action.
    """

    pagination_class = Pages
    # What there is stands in the schema: OPTIONS would say it once more, and less well.
    http_method_names = ["get", "head", "post", "put", "patch", "delete"]
    lookup_value_converter = "int"
    needed: Permission | None = None
    needs: Mapping[str, Permission | None] = {}
    answer: IdempotentAnswer | None = None

    def check_permissions(self, request: Request) -> None:
        super().check_permissions(request)
        if self.action in (None, "metadata"):  # a method that there is not, which is about to be said
            return
        needed = self.needs.get(self.action, self.needed)
        if needed is not None:
            check(request.user, needed)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self.answer = claim(request)

    def get_serializer(self, *args: Any, **kwargs: Any) -> serializers.BaseSerializer:
        serializer = super().get_serializer(*args, **kwargs)
        if self.request.method == "GET":
            only_asked_fields(serializer, self.request)
        return serializer

    def handle_exception(self, exc: Exception) -> Response:
        try:
            return super().handle_exception(exc)
        except Exception:
            if self.answer:
                self.answer.delete()
            raise

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        response = super().finalize_response(request, response, *args, **kwargs)
        tell_rate(request, response)
        if self.answer:
            keep_once_rendered(self.answer, response)
        return response


class Reading(mixins.ListModelMixin, mixins.RetrieveModelMixin, Viewset):
    """Lists and shows what the person may see."""
