"""What a browser sends: fields and files, of both encodings."""

from dataclasses import dataclass, field
from email import policy
from email.parser import BytesParser
from urllib.parse import parse_qs

from enrollment.simulator.answers import Asked


@dataclass
class Sent:
    """A submitted form."""

    fields: dict[str, list[str]] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)

    def one(self, name: str) -> str:
        return self.fields.get(name, [""])[0].strip()

    def all(self, name: str) -> list[str]:
        return self.fields.get(name, [])


def sent(asked: Asked) -> Sent:
    """The form in a request's body; empty when there is none."""
    kind = asked.header("Content-Type")
    if not kind.startswith("multipart/form-data"):
        return Sent(parse_qs(asked.body().decode("utf-8", "replace")))
    whole = b"Content-Type: " + kind.encode() + b"\r\n\r\n" + asked.body()
    form = Sent()
    for part in BytesParser(policy=policy.HTTP).parsebytes(whole).iter_parts():
        name = str(part.get_param("name", "", header="content-disposition"))
        content = part.get_payload(decode=True)
        data = content if isinstance(content, bytes) else b""
        if part.get_filename() is not None:
            form.files[name] = data
        else:
            form.fields.setdefault(name, []).append(data.decode("utf-8", "replace"))
    return form
