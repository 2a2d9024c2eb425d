from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema, extend_schema_view
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from enrollment import limits, tasks
from enrollment.actions.tokens.connect_token import DraftIncomplete, connect_token
from enrollment.actions.tokens.delete_token_draft import delete_token_draft
from enrollment.actions.tokens.hand_out_certificate import ConsentMissing, hand_out_certificate
from enrollment.actions.tokens.make_key_pair import make_key_pair
from enrollment.actions.tokens.open_token_file import open_token_file
from enrollment.actions.tokens.save_token_draft import save_token_draft
from enrollment.actions.tokens.start_token import start_token
from enrollment.actions.tokens.verify_token import verify_token
from enrollment.api.asked import said
from enrollment.api.files import PEM, PEM_TYPE, Pem, as_file
from enrollment.api.location import LOCATION, location
from enrollment.api.problem import Refused, refusal, wrong_value
from enrollment.api.serializers.token_drafts import (
    TokenDraftEditSerializer,
    TokenDraftSerializer,
    WholeTokenDraftSerializer,
)
from enrollment.api.serializers.tokens import TokenFileSerializer, WholeTokenSerializer
from enrollment.api.viewset import Reading
from enrollment.apple.errors import TokenFileError
from enrollment.models import Permission, Token, TokenDraft
from enrollment.models.listed_counts import count_children

BEGUN = OpenApiExample(
    "With the consent", {"consents": True, "name": "Lyon", "apple_id": "admin@example.com"}, request_only=True
)


@extend_schema_view(list=extend_schema(operation_id="token_drafts_list"))
class TokenDraftViewSet(Reading):
    """Tokens on their way in, as in the wizard: begin with the consent, take the certificate to the portal, bring the
    file back, say the rest, connect.

    A draft is its owner's and the administrators'.
    """

    queryset = TokenDraft.objects.none()
    serializer_class = WholeTokenDraftSerializer
    needed = Permission.CREATE_TOKEN

    def get_queryset(self) -> QuerySet[TokenDraft]:
        drafts = TokenDraft.objects.visible_to(self.request.user)
        return drafts.select_related("owner").prefetch_related("scope_tags")

    def get_serializer_class(self) -> type[TokenDraftSerializer]:
        return TokenDraftSerializer if self.action == "list" else WholeTokenDraftSerializer

    @extend_schema(operation_id="token_drafts_retrieve")
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One draft, with what is missing yet."""
        return super().retrieve(request, *args, **kwargs)

    @extend_schema(
        operation_id="token_drafts_start",
        request=TokenDraftEditSerializer,
        responses={201: WholeTokenDraftSerializer},
        parameters=[LOCATION],
        examples=[BEGUN],
    )
    def create(self, request: Request) -> Response:
        """Begin with a fresh key pair, whose private key never leaves the server."""
        words = said(TokenDraftEditSerializer, request)
        draft = start_token(by=request.user)
        save_token_draft(draft, by=request.user, **words)
        headers = location("api-token-draft-detail", draft.pk, request)
        return Response(self._shown(draft), status=status.HTTP_201_CREATED, headers=headers)

    @extend_schema(operation_id="token_drafts_update", request=TokenDraftEditSerializer, examples=[BEGUN])
    def partial_update(self, request: Request, *_path: Any, **_names: Any) -> Response:
        """Say more of a draft, or something else."""
        draft = self.get_object()
        save_token_draft(draft, by=request.user, **said(TokenDraftEditSerializer, request))
        return Response(self._shown(draft))

    def _shown(self, draft: TokenDraft) -> Any:
        return self.get_serializer(self.get_queryset().get(pk=draft.pk)).data

    @extend_schema(operation_id="token_drafts_discard", responses={204: None})
    def destroy(self, request: Request, *_path: Any, **_names: Any) -> Response:
        """Forget a draft and its keys: a file made for them can no longer be opened."""
        delete_token_draft(self.get_object(), by=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(operation_id="token_drafts_certificate", request=None, responses=PEM)
    @action(detail=True, methods=["post"], renderer_classes=[Pem])
    def certificate(self, request: Request, pk: str | None = None) -> HttpResponse:
        """The public key certificate (`.pem`) for the portal. 409 before the consent; that it is handed out is
        recorded."""
        try:
            pem = hand_out_certificate(self.get_object(), by=request.user)
        except ConsentMissing as error:
            raise refusal(error) from None
        return as_file(pem, PEM_TYPE, "pomona-public-key.pem")

    @extend_schema(operation_id="token_drafts_key", request=None, responses={201: WholeTokenDraftSerializer})
    @action(detail=True, methods=["post"])
    def key(self, request: Request, pk: str | None = None) -> Response:
        """Start over with a new key pair; a file for an earlier one can still be opened."""
        draft = self.get_object()
        make_key_pair(draft, by=request.user)
        return Response(self._shown(draft), status=status.HTTP_201_CREATED)

    @extend_schema(
        operation_id="token_drafts_file",
        request={"multipart/form-data": TokenFileSerializer},
        responses={200: WholeTokenDraftSerializer},
    )
    @action(detail=True, methods=["post"], parser_classes=[MultiPartParser])
    def file(self, request: Request, pk: str | None = None) -> Response:
        """Bring the token the portal gave (`.p7m`): it is decrypted at once.

        Another kind of file is refused at `file`, with what it is.
        """
        draft = self.get_object()
        file = said(TokenFileSerializer, request)["file"]
        try:
            open_token_file(draft, file.read(limits.TOKEN_FILE_BYTES + 1), file.name, by=request.user)
        except TokenFileError as error:
            raise wrong_value("file", error) from None
        return Response(self._shown(draft))

    @extend_schema(
        operation_id="token_drafts_connect",
        request=None,
        responses={201: OpenApiResponse(WholeTokenSerializer, "The token; its first sync has been asked for.")},
        parameters=[LOCATION],
    )
    @action(detail=True, methods=["post"])
    def connect(self, request: Request, pk: str | None = None) -> Response:
        """Make the draft a token. 409 while something is missing: `errors` says what, as `missing` of the draft does.

        Apple is asked at once whose token it is. When Apple is away the token is kept as `not_verified` and asked
        about again.
        """
        try:
            token = connect_token(self.get_object(), by=request.user)
        except DraftIncomplete as error:
            missing = {what.name.lower(): [_(what)] for what in error.missing}
            raise Refused(_("The draft is not complete yet."), errors=missing) from None
        verify_token(token, by=request.user)
        for run in token.sync_runs.open():
            tasks.enqueue(tasks.run_sync, run.pk)
        made = Token.objects.with_status().prefetch_related("scope_tags").get(pk=token.pk)
        count_children([made])
        answer = WholeTokenSerializer(made, context=self.get_serializer_context()).data
        headers = location("api-token-detail", token.pk, request)
        return Response(answer, status=status.HTTP_201_CREATED, headers=headers)
