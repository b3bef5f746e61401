"""What every operation of the OpenAPI document has in common: the error shape, and the key of a write."""

from typing import Any

from core.api.idempotency import MAX_KEY

ERROR = {
    "type": "object",
    "required": ["code", "message", "fields", "request_id"],
    "properties": {
        "code": {"type": "string", "description": "Stable; to be branched on."},
        "message": {"type": "string", "description": "For a person, in the language asked for."},
        "fields": {"type": "object", "additionalProperties": {}, "description": "What was wrong with which field."},
        "request_id": {"type": "string", "description": "Names this request in our log."},
    },
}
KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "The same key with the same request gets the first answer again; with another request 409.",
    "schema": {"type": "string", "minLength": 1, "maxLength": MAX_KEY, "pattern": "^[A-Za-z0-9_-]+$"},
}
_FAILED = {
    "description": "Refused",
    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}},
}


def shared_parts(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """A drf-spectacular postprocessing hook."""
    result.setdefault("components", {}).setdefault("schemas", {})["Error"] = ERROR
    for operations in result["paths"].values():
        for method, operation in operations.items():
            operation["responses"].setdefault("default", _FAILED)
            if method in {"post", "put", "patch", "delete"}:
                operation.setdefault("parameters", []).append(KEY)
    return result
