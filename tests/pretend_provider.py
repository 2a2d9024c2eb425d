"""A pretend OpenID Connect provider behind real HTTP: it vouches for whoever `claims` speaks of."""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs, urlencode
from wsgiref.simple_server import WSGIRequestHandler, make_server

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, SECRET = "pomona", "the secret of the client"


class _Quiet(WSGIRequestHandler):
    def log_message(self, *args: Any) -> None:
        pass


class PretendProvider:
    """Change `claims`, or what it does wrong, between two sign-ins; `asked` is what it was asked for."""

    def __init__(self) -> None:
        self.url = ""
        self.claims: dict[str, Any] = {}
        self.tells_more: dict[str, Any] = {}  # in the user info alone
        self.token_says: dict[str, Any] = {}  # in the ID token alone
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.signs_with = self.key
        self.refuses = ""  # an error of the authorisation page
        self.status = 200  # of every answer
        self.asked: dict[str, str] = {}
        self._codes: dict[str, dict[str, str]] = {}
        self._passes: set[str] = set()

    @contextmanager
    def running(self) -> Iterator["PretendProvider"]:
        server = make_server("127.0.0.1", 0, self, handler_class=_Quiet)
        self.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield self
        finally:
            server.shutdown()
            thread.join()
            server.server_close()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> list[bytes]:
        pages = {
            "/.well-known/openid-configuration": self._configuration,
            "/authorize": self._authorize,
            "/token": self._token,
            "/userinfo": self._userinfo,
            "/jwks": self._keys,
        }
        size = int(environ.get("CONTENT_LENGTH") or 0)
        said = environ["wsgi.input"].read(size).decode() or environ.get("QUERY_STRING", "")
        form = {name: values[0] for name, values in parse_qs(said).items()}
        status, answer = pages[environ["PATH_INFO"]](form, environ)
        if isinstance(answer, str):
            start_response("302 Found", [("Location", answer)])
            return [b""]
        status = self.status if self.status != 200 else status
        start_response(f"{status} So", [("Content-Type", "application/json")])
        return [json.dumps(answer).encode()]

    def _configuration(self, _form: dict[str, str], _environ: dict[str, Any]) -> tuple[int, Any]:
        return 200, {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "userinfo_endpoint": f"{self.url}/userinfo",
            "jwks_uri": f"{self.url}/jwks",
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        }

    def _authorize(self, form: dict[str, str], _environ: dict[str, Any]) -> tuple[int, Any]:
        self.asked = form
        told = {"error": self.refuses} if self.refuses else {"code": secrets.token_urlsafe(16)}
        if "code" in told:
            self._codes[told["code"]] = form
        return 302, f"{form['redirect_uri']}?{urlencode({**told, 'state': form['state']})}"

    def _token(self, form: dict[str, str], environ: dict[str, Any]) -> tuple[int, Any]:
        begun = self._codes.pop(form.get("code", ""), None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        proof = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if not begun or begun["redirect_uri"] != form["redirect_uri"] or begun.get("code_challenge") != proof:
            return 400, {"error": "invalid_grant"}
        if (form.get("client_id"), form.get("client_secret")) != (CLIENT, SECRET):
            return 401, {"error": "invalid_client"}
        pass_ = secrets.token_urlsafe(16)
        self._passes.add(pass_)
        now = int(time.time())
        said = {"iss": self.url, "aud": CLIENT, "iat": now, "exp": now + 300, **self.claims, **self.token_says}
        token = jwt.encode(said, self.signs_with, algorithm="RS256", headers={"kid": "one"})
        return 200, {"access_token": pass_, "token_type": "Bearer", "expires_in": 300, "id_token": token}

    def _userinfo(self, _form: dict[str, str], environ: dict[str, Any]) -> tuple[int, Any]:
        if environ.get("HTTP_AUTHORIZATION", "").removeprefix("Bearer ") not in self._passes:
            return 401, {"error": "invalid_token"}
        return 200, {**self.claims, **self.tells_more}

    def _keys(self, _form: dict[str, str], _environ: dict[str, Any]) -> tuple[int, Any]:
        key = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
        return 200, {"keys": [{**key, "kid": "one", "alg": "RS256", "use": "sig"}]}
