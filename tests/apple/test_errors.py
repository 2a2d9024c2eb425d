"""The whole table of apple-protocols.md 2.4."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrollment.apple import errors
from enrollment.apple.errors import AppleError, error_for

TABLE = [
    (400, "oauth_problem_adviceBad Request", True, errors.OAuthProblem, False),
    (401, "oauth_problem_adviceUnauthorized", True, errors.TokenRejected, False),
    (401, "token_expiredUnauthorized", True, errors.TokenExpired, False),
    (403, "token_expiredForbidden", True, errors.TokenExpired, False),
    (401, "token_rejectedUnauthorized", True, errors.TokenRejected, False),
    (400, "message_format_error", True, errors.OAuthProblem, False),
    (403, "ACCESS_DENIED", True, errors.AccessDenied, False),
    (404, "NOT_FOUND", True, errors.NotUnderstood, True),
    (405, "", True, errors.NotUnderstood, True),
    (302, "", False, errors.NotUnderstood, True),
    (407, "", False, errors.NotUnderstood, True),
    (401, "UNAUTHORIZED", False, errors.SessionRefused, True),
    (403, "FORBIDDEN", False, errors.SessionRefused, True),
    (403, "ACCESS_DENIED", False, errors.AccessDenied, False),
    (403, "T_C_NOT_SIGNED", False, errors.TermsNotSigned, False),
    (403, "T_C_NOT_SIGNED", True, errors.TermsNotSigned, False),
    (400, "MALFORMED_REQUEST_BODY", False, errors.MalformedRequest, False),
    (400, "message_format_error", False, errors.MalformedRequest, False),
    (400, "USER_AGENT_MISSING", False, errors.UserAgentRefused, False),
    (400, "USER_AGENT_INVALID", True, errors.UserAgentRefused, False),
    (405, "", False, errors.MalformedRequest, False),
    (404, "NOT_FOUND", False, errors.ProfileNotFound, False),
    (400, "NOT_FOUND", False, errors.ProfileNotFound, False),
    (404, "PROFILE_NOT_FOUND", False, errors.ProfileNotFound, False),
    (400, "INVALID_CURSOR", False, errors.CursorInvalid, False),
    (400, "EXHAUSTED_CURSOR", False, errors.CursorExhausted, False),
    (400, "CURSOR_REQUIRED", False, errors.CursorRequired, False),
    (400, "EXPIRED_CURSOR", False, errors.CursorExpired, False),
    (400, "DEVICE_ID_REQUIRED", False, errors.MalformedRequest, False),
    (400, "PROFILE_UUID_REQUIRED", False, errors.MalformedRequest, False),
    (400, "CONFIG_NAME_REQUIRED", False, errors.NameRefused, False),
    (400, "CONFIG_NAME_INVALID", False, errors.NameRefused, False),
    (400, "CONFIG_URL_REQUIRED", False, errors.UrlRefused, False),
    (400, "CONFIG_URL_INVALID", False, errors.UrlRefused, False),
    (400, "DEPARTMENT_INVALID", False, errors.DepartmentRefused, False),
    (400, "MAGIC_INVALID", False, errors.MagicRefused, False),
    (400, "SUPPORT_PHONE_INVALID", False, errors.PhoneRefused, False),
    (400, "SUPPORT_EMAIL_INVALID", False, errors.EmailRefused, False),
    (400, "FLAGS_INVALID", False, errors.FlagsRefused, False),
    (400, "LOCALE_INVALID", False, errors.LocaleRefused, False),
    (404, "DEVICE_NOT_FOUND", False, errors.DeviceNotFound, False),
    (400, "DEVICE_NOT_FOUND", False, errors.DeviceNotFound, False),
    (403, "APPLE_SEED_FOR_IT_TURNED_OFF", False, errors.BetasTurnedOff, False),
    (400, "MDM_SERVICE_DISCOVERY_URL_REQUIRED", False, errors.DiscoveryUrlRefused, False),
    (400, "MDM_SERVICE_DISCOVERY_URL_NOT_VALID", False, errors.DiscoveryUrlRefused, False),
    (400, "ORG_NOT_SUPPORTED", False, errors.OrganisationNotSupported, False),
    (429, "TOO_MANY_REQUESTS", False, errors.TooManyRequests, True),
    (500, "", False, errors.TemporarilyUnavailable, True),
    (503, "", False, errors.TemporarilyUnavailable, True),
    (418, "something new", False, AppleError, False),
]


@pytest.mark.parametrize("written", ["{}", '"{}"', "{}\n", '"{}"\n'])
@pytest.mark.parametrize(("status", "body", "at_session", "kind", "try_again"), TABLE)
def test_every_refusal_has_its_meaning(status, body, at_session, kind, try_again, written):
    for text in (written.format(body), written.format(body.lower())):
        error = error_for(status, text, at_session=at_session)
        assert type(error) is kind
        assert error.try_again is try_again
        assert error.advice % error.details
        assert error.sentence % error.details


@pytest.mark.parametrize("kind", [kind for _s, _b, _a, kind, _t in TABLE if issubclass(kind, errors.ProfileRefused)])
def test_a_refused_profile_names_its_field(kind):
    assert kind.field


def test_the_body_is_kept_up_to_a_kilobyte():
    assert len(error_for(400, "x" * 5_000).body) == 1024


@given(st.integers(100, 599), st.text(max_size=200), st.booleans())
def test_no_answer_is_without_meaning(status, body, at_session):
    error = error_for(status, body, at_session=at_session)
    assert str(error)
    assert error.code
