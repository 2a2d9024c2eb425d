"""What is not tried, loaded by schemathesis."""

import os
from typing import Any

import schemathesis

NOWHERE = 0  # the id of nothing
SPARED = {"people": os.environ["SPARED_PERSON"], "api-keys": os.environ["SPARED_KEY"]}
SAME_EVERYWHERE = "Idempotency-Key"
TRIED_AT = "/api/v1/token-drafts/"


@schemathesis.hook
def before_load_schema(context: Any, schema: dict[str, Any]) -> None:
    """Two parameters that all operations have in common.

    `fields` is left out: the answer to it has, as wished, less than its schema. The Idempotency-Key is tried at one
    operation: said again with another request it is refused, and nothing behind it would be tried.
    """
    for path, operations in schema["paths"].items():
        left_out = {"fields"} if path == TRIED_AT else {"fields", SAME_EVERYWHERE}
        for operation in operations.values():
            operation["parameters"] = [one for one in operation.get("parameters", []) if one["name"] not in left_out]


@schemathesis.hook
def before_add_examples(context: Any, examples: Any) -> None:
    """Examples are about what the demo has: its first token, profile, device …; all of a token is spared for later."""
    for case in examples:
        if "/clear-" not in case.path:
            case.path_parameters = dict.fromkeys(case.path_parameters or {}, 1)


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: Any) -> None:
    """The key in use and its person stay as they are: what would change them is asked about nobody."""
    noun = case.path.removeprefix("/api/v1/").partition("/")[0]
    if case.method != "GET" and noun in SPARED and str(case.path_parameters.get("id")) == SPARED[noun]:
        case.path_parameters["id"] = NOWHERE
