"""Profiles as files, JSON or YAML (docs/profile-file.md): ours, versioned, and plain Apple profiles of other tools."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml
from django.utils.translation import gettext as _

from enrollment import limits
from enrollment.models.person import Person
from enrollment.models.profile import Platform, Profile
from enrollment.models.profile_cleaning import clean_settings
from enrollment.models.profile_from_payload import NOT_TAKEN, TAKEN, settings_from_payload
from enrollment.models.profile_needs import is_shown
from enrollment.models.profile_settings import FIELDS, default_settings
from enrollment.models.vpp_token import VppToken, VppTokenQuerySet

FORMAT, VERSION = "pomona-profile", 1
_HEAD = ("format", "version", "name", "description", "platform", "settings")


@dataclass(frozen=True)
class Complaint:
    """One thing wrong with a file: where, and what. Line 0 is the whole file."""

    line: int
    key: str
    sentence: str


class NotAProfileFile(ValueError):
    """The file cannot be taken; `complaints` says why, with line and key."""

    def __init__(self, *complaints: Complaint) -> None:
        super().__init__("; ".join(complaint.sentence for complaint in complaints))
        self.complaints = tuple(sorted(complaints, key=lambda complaint: complaint.line))


@dataclass(frozen=True)
class ReadProfile:
    """What a file says. `left_out` are keys of Apple's that no setting of ours stands for."""

    name: str
    description: str
    platform: str
    settings: dict[str, Any]
    left_out: list[str] = field(default_factory=list)


def write_profile(profile: Profile, *, as_yaml: bool, reader: Person | None) -> str:
    """The profile as a file: what means something, under the names of docs/profile-file.md."""
    settings = profile.settings
    said = {name: settings[name] for name in FIELDS if is_shown(name, settings)}
    if said.get("company_portal_vpp") is not None:
        # A number means nothing elsewhere; a token the reader does not see is left out.
        seen = VppToken.objects.visible_to(reader) if reader else VppToken.objects.all()
        token = seen.filter(pk=said["company_portal_vpp"]).first()
        said["company_portal_vpp"] = token.name if token else None
    whole = {
        "format": FORMAT,
        "version": VERSION,
        "name": profile.name,
        "description": profile.description,
        "platform": str(profile.platform),
        "settings": said,
    }
    if as_yaml:
        return yaml.safe_dump(whole, sort_keys=False, allow_unicode=True, width=100)
    return json.dumps(whole, indent=2, ensure_ascii=False) + "\n"


def read_profile(content: bytes, *, vpp_tokens: VppTokenQuerySet) -> ReadProfile:
    """A file's profile, ours or Apple's; NotAProfileFile. `vpp_tokens` are those that may be chosen."""
    text = _text(content)
    whole = _parsed(text)
    if "format" in whole or "settings" in whole:
        return _ours(whole, text, vpp_tokens)
    if "url" in whole or "profile_name" in whole:
        return _apples(whole, text)
    raise NotAProfileFile(Complaint(0, "", _("This is neither a profile of ours nor one of Apple's.")))


def _text(content: bytes) -> str:
    if len(content) > limits.PROFILE_FILE_BYTES:
        most = limits.PROFILE_FILE_BYTES // 1024
        raise NotAProfileFile(Complaint(0, "", _("The file is larger than %(most)d KB.") % {"most": most}))
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise NotAProfileFile(Complaint(0, "", _("The file is not text in UTF-8."))) from None


def _parsed(text: str) -> dict[str, Any]:
    """JSON or YAML. Aliases are refused: a few lines of them can mean gigabytes."""
    try:
        if text.lstrip().startswith("{"):
            whole = json.loads(text, object_pairs_hook=_once)
        else:
            whole = yaml.load(text, Loader=_Loader)  # noqa: S506  a SafeLoader, made stricter
    except json.JSONDecodeError as error:
        raise NotAProfileFile(Complaint(error.lineno, "", _("The JSON breaks off or is malformed here."))) from None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise NotAProfileFile(
            Complaint(line, "", _("The YAML cannot be read here: %(problem)s.") % {"problem": error.problem})
        ) from None
    except (yaml.YAMLError, ValueError, RecursionError):
        raise NotAProfileFile(Complaint(0, "", _("The file is neither JSON nor YAML."))) from None
    if isinstance(whole, _Twice):
        raise NotAProfileFile(Complaint(_line(text, whole.key), whole.key, _("This key stands twice.")))
    if not isinstance(whole, dict):
        raise NotAProfileFile(Complaint(0, "", _("The file holds no keys and values.")))
    if any("\x00" in said or _is_broken(said) for said in _texts(whole)):
        raise NotAProfileFile(Complaint(0, "", _("Characters without a sign cannot be used.")))
    return whole


def _texts(value: Any) -> Iterator[str]:
    """Every key and every text in it."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from (*_texts(key), *_texts(inner))
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)


def _is_broken(text: str) -> bool:
    """Half of a pair, which JSON can write and no database takes."""
    return any("\ud800" <= sign <= "\udfff" for sign in text)


class _Twice(dict[str, Any]):
    """An object with a key that stands twice."""

    key = ""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found or isinstance(value, _Twice):
            twice = _Twice()
            twice.key = value.key if isinstance(value, _Twice) else key
            return twice
        found[key] = value
    return found


class _Loader(yaml.SafeLoader):
    """Without aliases, without a key that stands twice, and without turning dates into something else than text."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            event = self.peek_event()
            raise yaml.MarkedYAMLError(problem=_("aliases are not taken"), problem_mark=event.start_mark)
        return super().compose_node(parent, index)

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        keys = [key.value for key, _value in node.value]
        for key, _value in node.value:
            if keys.count(key.value) > 1:
                raise yaml.MarkedYAMLError(problem=_("a key stands twice"), problem_mark=key.start_mark)
        return super().construct_mapping(node, deep)


_Loader.yaml_implicit_resolvers = {
    sign: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for sign, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _line(text: str, key: str) -> int:
    """Where a key stands; 0 when it does not."""
    quoted = re.escape(key)
    found = re.search(rf'"{quoted}"\s*:|\'{quoted}\'\s*:|^[ \t-]*{quoted}\s*:', text, re.MULTILINE)
    return text.count("\n", 0, found.start()) + 1 if found else 0


def _ours(whole: Mapping[str, Any], text: str, vpp_tokens: VppTokenQuerySet) -> ReadProfile:
    complaints = [
        Complaint(_line(text, str(key)), str(key), _("This key is not known.")) for key in whole if key not in _HEAD
    ]
    if whole.get("format", FORMAT) != FORMAT:
        complaints.append(Complaint(_line(text, "format"), "format", _("This format is not known.")))
    if whole.get("version", VERSION) != VERSION:
        sentence = _("This version is not known; this one reads version %(version)d.") % {"version": VERSION}
        complaints.append(Complaint(_line(text, "version"), "version", sentence))
    if whole.get("platform", Platform.IOS) not in Platform.values:
        complaints.append(Complaint(_line(text, "platform"), "platform", _("This platform is not known.")))
    complaints += [
        Complaint(_line(text, key), key, _("This has to be a text."))
        for key in ("name", "description")
        if not isinstance(whole.get(key, ""), str | int)
    ]
    said = whole.get("settings", {})
    if not isinstance(said, dict):
        complaints.append(Complaint(_line(text, "settings"), "settings", _("This has to hold keys and values.")))
        said = {}
    settings, wrong = _settings(said, text, vpp_tokens)
    if complaints or wrong:
        raise NotAProfileFile(*complaints, *wrong)
    return ReadProfile(
        name=str(whole.get("name", "")),
        description=str(whole.get("description", "")),
        platform=str(whole.get("platform", Platform.IOS)),
        settings=settings,
    )


def _settings(
    said: Mapping[str, Any], text: str, vpp_tokens: VppTokenQuerySet
) -> tuple[dict[str, Any], list[Complaint]]:
    complaints = [
        Complaint(_line(text, str(key)), str(key), _("This setting is not known.")) for key in said if key not in FIELDS
    ]
    known = {key: value for key, value in said.items() if key in FIELDS}
    name = known.get("company_portal_vpp")
    if name is not None:
        token = vpp_tokens.filter(name=name).first() if isinstance(name, str) else None
        known["company_portal_vpp"] = token.pk if token else None
        if token is None:
            sentence = _("There is no VPP token of this name here. Add it first, or leave the key out.")
            complaints.append(Complaint(_line(text, "company_portal_vpp"), "company_portal_vpp", sentence))
    settings = {**default_settings(new=False), **known}
    # What is missing can be filled in by the wizard; what is there has to be right.
    _clean, errors = clean_settings(settings)
    complaints += [
        Complaint(_line(text, key), key, sentence)
        for key, sentences in errors.items()
        if known.get(key) not in (None, "", [])
        for sentence in sentences
    ]
    return settings, complaints


def _apples(whole: Mapping[str, Any], text: str) -> ReadProfile:
    known = {key: value for key, value in whole.items() if key in TAKEN}
    complaints = [
        Complaint(_line(text, key), key, _("Apple expects another kind of value here."))
        for key, value in known.items()
        if not isinstance(value, TAKEN[key])
    ]
    if complaints:
        raise NotAProfileFile(*complaints)
    settings = settings_from_payload(known)
    _clean, errors = clean_settings(settings)
    keys = {name: one.goes_to for name, one in FIELDS.items()}
    complaints = [
        Complaint(_line(text, keys[name]), keys[name], sentence)
        for name, sentences in errors.items()
        if known.get(keys[name]) not in (None, "", [])
        for sentence in sentences
    ]
    if complaints:
        raise NotAProfileFile(*complaints)
    return ReadProfile(
        name=str(known.get("profile_name", "")),
        description="",
        platform=str(Platform.IOS),
        settings=settings,
        left_out=sorted(str(key) for key in whole if key not in TAKEN and key not in NOT_TAKEN),
    )
