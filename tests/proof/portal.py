"""The pretend portal, as an administrator of Apple Business Manager works with it."""

import re

import requests


class Portal:
    """Of the demo in this folder."""

    def __init__(self, demo) -> None:
        (said,) = re.findall(r"http://127\.0\.0\.1:\d+/portal", demo.said)
        self.address = said

    def add_server(self, name: str, certificate: bytes, *, devices: int) -> bytes:
        """A new MDM server with this public key and so many devices; its token."""
        page = requests.post(f"{self.address}/servers", data={"name": name}, timeout=30).url
        requests.post(f"{page}/certificate", files={"certificate": ("key.pem", certificate)}, timeout=30)
        requests.post(f"{page}/devices", data={"serials": "", "unassigned": devices}, timeout=30)
        return requests.post(f"{page}/token", timeout=30).content
