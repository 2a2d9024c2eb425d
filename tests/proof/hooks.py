"""What is not tried, loaded by schemathesis."""

from typing import Any

import schemathesis


@schemathesis.hook
def before_load_schema(context: Any, schema: dict[str, Any]) -> None:
    """`fields` is left out: the answer to it has, as wished, less than its schema."""
    for operations in schema["paths"].values():
        for operation in operations.values():
            operation["parameters"] = [one for one in operation.get("parameters", []) if one["name"] != "fields"]
