"""Bodies that carry their JSON inside a form field, as 快递100 and 快递鸟 post them."""

from urllib.parse import parse_qsl, unquote_plus

from core.errors import Unreadable
from integrations.channels import reading
from integrations.channels.adapter import BadSignature
from integrations.channels.fields import Row, mapping
from integrations.channels.reading import Parsed

_MAX_FIELDS = 50
_BOM = b"\xef\xbb\xbf"


def is_document(body: bytes) -> bool:
    """Whether the body is bare JSON or XML rather than a form."""
    return body.lstrip(_BOM + b" \t\r\n")[:1] in (b"{", b"[", b"<")


def fields(body: bytes) -> dict[str, str]:
    """The form's fields, percent-decoded once; the last of several with one name counts.

    Raises Unreadable `too_large`, `empty_body`, `not_utf8` or `not_a_form`.
    """
    reading.check_size(len(body))
    if not body.strip():
        raise Unreadable("the body is empty", code="empty_body")
    try:
        text = body.decode("utf-8-sig")
        return dict(parse_qsl(text, keep_blank_values=True, max_num_fields=_MAX_FIELDS, errors="strict"))
    except UnicodeDecodeError as exc:
        raise Unreadable(f"not UTF-8 at byte {exc.start}", code="not_utf8") from exc
    except ValueError as exc:
        raise Unreadable("not a form", code="not_a_form") from exc


def field(body: bytes, name: str) -> str:
    """One field's text exactly as it was signed; raises Unreadable `missing_field` without it."""
    found = fields(body).get(name, "")
    if not found:
        raise Unreadable(f"the form has no field {name}", code="missing_field")
    return found


def inner(body: bytes, name: str) -> Parsed:
    """The JSON in form field `name`, or the body itself when it is bare JSON (a sample, a relay that unpacked it).

    Senders that encode twice or not at all are understood too; the first such form that is JSON counts.
    """
    if is_document(body):
        return reading.parse(body)
    found = field(body, name)
    refused: Unreadable | None = None
    for text in dict.fromkeys((found, unquote_plus(found), _unencoded(body, name))):
        try:
            return reading.parse(text.encode("utf-8", "surrogatepass"))
        except Unreadable as exc:
            refused = refused or exc
    assert refused is not None
    raise refused


def _unencoded(body: bytes, name: str) -> str:
    """What stands raw between `name=` and the next field that looks like one of the carrier's own."""
    text = body.decode("utf-8-sig", "replace")
    start = text.find(f"{name}={{")
    if start < 0:
        return ""
    end = text.rfind("}")
    return text[start + len(name) + 1 : end + 1]


def signed_fields(body: bytes) -> dict[str, str]:
    """`fields` for a signature check: a body that is no form cannot carry a valid signature."""
    try:
        return fields(body)
    except Unreadable as exc:
        raise BadSignature(f"not a signed form: {exc.message}", code="signature_missing") from exc


def unwrap(row: Row, name: str) -> Row:
    """The message under `name` when a sample or relay kept the envelope (`{"param": {…} or "…", "sign": …}`)."""
    if name not in row:
        return row
    packed = row[name]
    return mapping(reading.parse(packed.encode()).value) if isinstance(packed, str) else mapping(packed)
