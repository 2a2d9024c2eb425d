from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import status
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from enrollment import limits
from enrollment.actions.licences.add_vpp_token import VppNameTaken, add_vpp_token
from enrollment.actions.licences.delete_vpp_token import VppTokenInUse, delete_vpp_token
from enrollment.api.asked import said
from enrollment.api.location import LOCATION, location
from enrollment.api.problem import refusal, wrong_value
from enrollment.api.serializers.vpp_tokens import VppTokenAddSerializer, VppTokenSerializer
from enrollment.api.viewset import Reading
from enrollment.apple.errors import TokenFileError
from enrollment.models import Permission, VppToken


@extend_schema_view(
    list=extend_schema(operation_id="vpp_tokens_list"), retrieve=extend_schema(operation_id="vpp_tokens_retrieve")
)
class VppTokenViewSet(Reading):
    """Content tokens of Apps and Books, whose licences devices are given."""

    queryset = VppToken.objects.none()
    serializer_class = VppTokenSerializer
    parser_classes = [MultiPartParser]
    needed = Permission.READ_TOKEN
    needs = {"create": Permission.CREATE_TOKEN, "destroy": Permission.DELETE_TOKEN}

    def get_queryset(self) -> QuerySet[VppToken]:
        return VppToken.objects.visible_to(self.request.user).prefetch_related("scope_tags")

    @extend_schema(
        operation_id="vpp_tokens_add",
        request={"multipart/form-data": VppTokenAddSerializer},
        responses={201: VppTokenSerializer},
        parameters=[LOCATION],
    )
    def create(self, request: Request) -> Response:
        """Add a content token. Another kind of file is refused at `file`, with what it is."""
        words = said(VppTokenAddSerializer, request)
        data = words.pop("file").read(limits.TOKEN_FILE_BYTES + 1)
        try:
            token = add_vpp_token(data, by=request.user, **words)
        except TokenFileError as error:
            raise wrong_value("name" if isinstance(error, VppNameTaken) else "file", error) from None
        headers = location("api-vpp-token-detail", token.pk, request)
        return Response(self.get_serializer(token).data, status=status.HTTP_201_CREATED, headers=headers)

    @extend_schema(operation_id="vpp_tokens_delete", responses={204: None})
    def destroy(self, request: Request, *_path: Any, **_names: Any) -> Response:
        """Forget a content token that no profile has chosen; in Apple's portal it stays as it is."""
        try:
            delete_vpp_token(self.get_object(), by=request.user)
        except VppTokenInUse as error:
            raise refusal(error) from None
        return Response(status=status.HTTP_204_NO_CONTENT)
