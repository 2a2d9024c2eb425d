from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.text import slugify
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from enrollment import limits, tasks
from enrollment.actions.tokens.hand_out_certificate import hand_out_certificate
from enrollment.actions.tokens.make_key_pair import make_key_pair
from enrollment.actions.tokens.renew_token import renew_token
from enrollment.api.asked import said
from enrollment.api.files import PEM, PEM_TYPE, Pem, as_file
from enrollment.api.problem import ProblemSerializer, wrong_value
from enrollment.api.serializers.tokens import KeyPairSerializer, RenewSerializer, WholeTokenSerializer
from enrollment.api.viewset import Viewset
from enrollment.apple.errors import TokenFileError
from enrollment.models import Permission, Token
from enrollment.models.listed_counts import count_children


@extend_schema(tags=["tokens"])
class TokenRenewalViewSet(Viewset):
    """The yearly renewal of a token."""

    queryset = Token.objects.none()
    serializer_class = WholeTokenSerializer
    needed = Permission.UPDATE_TOKEN

    def get_queryset(self) -> QuerySet[Token]:
        tokens = Token.objects.visible_to(self.request.user)
        return tokens.with_status().select_related("default_profile").prefetch_related("scope_tags")

    @extend_schema(
        operation_id="tokens_renew",
        request={"multipart/form-data": RenewSerializer},
        responses={200: WholeTokenSerializer, 502: ProblemSerializer},
    )
    @action(detail=True, methods=["post"], parser_classes=[MultiPartParser])
    def renew(self, request: Request, pk: str | None = None) -> Response:
        """Replace a token by a newer one of the same server; devices, profiles and history stay.

        The file is decrypted, compared with the present token and tried at Apple before anything is replaced. A file
        that will not do is refused at `file`: of another server (unless confirmed), older, the same once more, or
        another kind of file. What Apple says no with is 502.
        """
        token = self.get_object()
        words = said(RenewSerializer, request)
        try:
            renew_token(
                token,
                words["file"].read(limits.TOKEN_FILE_BYTES + 1),
                apple_id=words.get("apple_id", token.apple_id),
                scope_tags=words.get("scope_tags"),
                other_server=words["confirm_other_server"],
                by=request.user,
            )
        except TokenFileError as error:
            raise wrong_value("file", error) from None
        tasks.enqueue(tasks.run_reconcile, token.pk)
        renewed = self.get_object()
        count_children([renewed])
        return Response(self.get_serializer(renewed).data)

    @extend_schema(operation_id="tokens_key", request=None, responses={201: KeyPairSerializer})
    @action(detail=True, methods=["post"])
    def key(self, request: Request, pk: str | None = None) -> Response:
        """Make a new key pair to renew a token with; earlier ones stay usable.

        Its certificate goes to the server in the portal before the token is downloaded there.
        """
        pair = make_key_pair(self.get_object(), by=request.user)
        return Response(KeyPairSerializer(pair).data, status=status.HTTP_201_CREATED)

    @extend_schema(operation_id="tokens_certificate", request=None, responses=PEM)
    @action(detail=True, methods=["post"], renderer_classes=[Pem])
    def certificate(self, request: Request, pk: str | None = None) -> HttpResponse:
        """The newest public key certificate of a token, for the portal; that it is handed out is recorded."""
        token = self.get_object()
        if token.key_pair is None:
            raise NotFound
        pem = hand_out_certificate(token, by=request.user)
        return as_file(pem, PEM_TYPE, f"{slugify(token.name) or 'token'}.pem")
