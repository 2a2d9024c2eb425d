"""Settings as typed, made settings as meant: what has no meaning is forgotten, what is wrong gets a sentence."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote, urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from enrollment import limits
from enrollment.models.certificate import NotACertificate, stored_certificate
from enrollment.models.name_template import VARIABLES, unknown_variables
from enrollment.models.profile_field import Field
from enrollment.models.profile_needs import is_shown
from enrollment.models.profile_settings import FIELDS

LONGEST_URL = 2_000  # as Apple counts: URL-encoded
LONGEST_PANE, MOST_PANES = 100, 200  # ours: far beyond what Apple has ever had
_TEXTS = ("text", "email", "url", "choice", "name_template")
_YES, _NO = (True, "true", "True", "on", "1"), (False, "false", "False", "off", "0")

Errors = dict[str, list[str]]


class Wrong(Exception):
    """A value that cannot be taken, with the sentence for its field."""


def clean_settings(typed: Mapping[str, Any]) -> tuple[dict[str, Any], Errors]:
    """The settings, and what is wrong with them by field. Fields are walked in the order of their dependencies."""
    settings: dict[str, Any] = {}
    errors: Errors = {}
    for name, one in FIELDS.items():
        settings[name] = list(one.default) if isinstance(one.default, tuple) else one.default
        if not is_shown(name, _supposed(settings, typed)):
            settings[name] = one.empty()
            continue
        try:
            settings[name] = _cleaned(one, typed.get(name, one.default))
        except Wrong as wrong:
            settings[name] = typed.get(name)
            errors[name] = [str(wrong)]
    if (
        settings["web_url"]
        and not errors.keys() & {"web_url", "enrollment_url"}
        and not _share_a_domain(settings["web_url"], settings["enrollment_url"])
    ):
        errors["web_url"] = [_("The last two labels of its host must be those of the enrollment URL.")]
    return settings, errors


def clean_values(said: Mapping[str, Any]) -> tuple[dict[str, Any], Errors]:
    """Each value by itself, whatever the others are, and what is wrong with those that can never be taken."""
    values: dict[str, Any] = {}
    errors: Errors = {}
    for name, value in said.items():
        try:
            values[name] = FIELDS[name].empty() if _is_empty(value) else _cleaned(FIELDS[name], value)
        except Wrong as wrong:
            errors[name] = [str(wrong)]
    return values, errors


def _is_empty(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip()) or value in ([], ())


def _supposed(settings: dict[str, Any], typed: Mapping[str, Any]) -> dict[str, Any]:
    """What is known of the others: cleaned where their turn has come, else as typed."""
    return {**{name: typed.get(name, one.default) for name, one in FIELDS.items()}, **settings}


def _cleaned(one: Field, value: Any) -> Any:
    value = value.strip() if isinstance(value, str) else value
    if _is_empty(value):
        if one.is_required:
            raise Wrong(_("Choose one.") if one.kind == "choice" else _("This is needed."))
        return one.empty()
    if one.kind in _TEXTS:
        # A file may say 125 where it means "125".
        if not isinstance(value, str | int) or isinstance(value, bool):
            raise Wrong(_("This has to be a text."))
        value = str(value).strip()
    return CLEANERS[one.kind](one, value)


def _text(one: Field, value: Any) -> str:
    text = str(value)
    if one.longest and len(text) > one.longest:
        raise Wrong(
            _("At most %(longest)d characters; these are %(count)d.") % {"longest": one.longest, "count": len(text)}
        )
    if "\x00" in text:
        raise Wrong(_("Characters without a sign cannot be used."))
    return text


def _email(one: Field, value: Any) -> str:
    try:
        validate_email(value)
    except ValidationError:
        raise Wrong(_("Enter an e-mail address, such as help@example.com.")) from None
    return _text(one, value)


def _url(_one: Field, value: Any) -> str:
    text = str(value)
    try:
        parts = urlsplit(text)
        is_address = parts.scheme == "https" and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        is_address = False
    if not is_address or any(sign.isspace() or sign in '\x00"<>\\^`{|}' for sign in text):
        raise Wrong(_("Enter a complete address that begins with https://."))
    if len(quote(text, safe="%/:?#[]@!$&'()*+,;=")) > LONGEST_URL:
        raise Wrong(_("At most %(longest)d characters.") % {"longest": LONGEST_URL})
    return text


def _choice(one: Field, value: Any) -> Any:
    if value not in [key for key, _label in one.choices]:
        raise Wrong(_("Choose one of the values offered."))
    return value


def _number(value: Any) -> int:
    try:
        if isinstance(value, bool | float):
            raise TypeError
        return int(value)
    except (TypeError, ValueError):
        raise Wrong(_("Enter a whole number.")) from None


def _integer(_one: Field, value: Any) -> int:
    least, most = limits.CACHED_USERS
    if not least <= (number := _number(value)) <= most:
        raise Wrong(_("Enter a number from %(least)d to %(most)d.") % {"least": least, "most": most})
    return number


def _timeout(_one: Field, value: Any) -> int | None:
    number = _number(value)
    if number and number < limits.SESSION_TIMEOUT_SECONDS:
        raise Wrong(
            _("At least %(least)d seconds; empty or 0 means never.") % {"least": limits.SESSION_TIMEOUT_SECONDS}
        )
    return number or None


def _bool(_one: Field, value: Any) -> bool:
    if value in _YES:
        return True
    if value in _NO:
        return False
    raise Wrong(_("Say true or false."))


def _list(_one: Field, value: Any) -> list[str]:
    if not isinstance(value, list | tuple) or not all(isinstance(part, str) for part in value):
        raise Wrong(_("Give a list of texts."))
    return list(dict.fromkeys(value))


def _panes(one: Field, value: Any) -> list[str]:
    keys = [key.strip() for key in _list(one, value)]
    too_long = [key for key in keys if len(key) > LONGEST_PANE or "\x00" in key]
    if too_long or len(keys) > MOST_PANES:
        raise Wrong(
            _("At most %(most)d screens, each with at most %(longest)d characters.")
            % {"most": MOST_PANES, "longest": LONGEST_PANE}
        )
    # Their order means nothing: in another one, they are no change.
    return sorted({key for key in keys if key})


def _certificates(one: Field, value: Any) -> list[str]:
    """Texts as Apple wants them: base64 of DER, no line breaks. The same certificate twice is one."""
    try:
        read = [stored_certificate(text) for text in _list(one, value)]
    except NotACertificate:
        raise Wrong(_("One of these is not a certificate.")) from None
    if one.most and len(read) > one.most:
        raise Wrong(_("At most %(most)d certificates; these are %(count)d.") % {"most": one.most, "count": len(read)})
    return [certificate.base64 for certificate in read]


def _name_template(one: Field, value: Any) -> str:
    template = _text(one, value)
    if unknown := unknown_variables(template):
        known = ", ".join(f"{{{{{name}}}}}" for name in VARIABLES)
        raise Wrong(
            _("%(unknown)s is not known. What can be used: %(known)s.")
            % {"unknown": ", ".join(unknown), "known": known}
        )
    if any(ord(sign) < 32 for sign in template):
        raise Wrong(_("Characters without a sign cannot be used."))
    return template


CLEANERS: dict[str, Callable[[Field, Any], Any]] = {
    "text": _text,
    "email": _email,
    "url": _url,
    "choice": _choice,
    "integer_choice": lambda one, value: _choice(one, _number(value)),
    "bool": _bool,
    "integer": _integer,
    "timeout": _timeout,
    "panes": _panes,
    "certificates": _certificates,
    "name_template": _name_template,
    "vpp": lambda _one, value: _number(value),
}


def _share_a_domain(one: str, other: str) -> bool:
    """Apple lets the web view leave only to a host with the same last two labels (apple-protocols.md 5.3)."""
    hosts = [(urlsplit(url).hostname or "").lower().split(".")[-2:] for url in (one, other)]
    return hosts[0] == hosts[1]
