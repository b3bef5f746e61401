"""Where 顺丰's scans sit: the route push, the answer to a route query, their XML twins, what relays make of them."""

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from defusedxml import DefusedXmlException, ElementTree

from core.errors import Unreadable
from integrations.carriers import forms
from integrations.channels import reading
from integrations.channels.fields import Row, first, mapping, rows
from integrations.channels.reading import Parsed

_FIELDS = ("content", "msgData", "data", "Body", "body")  # form fields that have been seen to carry the message
_WRAPPERS = ("request", "apiResultData", "msgData", "Body", "body", "data", "content")
_NUMBERS = ("mailno", "mailNo", "wayBillNo", "waybillNo", "waybill_no", "mail_no")
_LISTS = ("route", "routes", "Route", "routeList", "routeInfo")
_SCAN_MARKS = ("opCode", "opcode", "acceptTime", "accept_time")
_DEEPEST = 6


def document(body: bytes) -> Parsed:
    """The message as JSON values, whether it came as JSON, as XML or inside a form; raises Unreadable."""
    if not forms.is_document(body):
        found = forms.fields(body)
        name = next((name for name in _FIELDS if found.get(name)), "")
        if not name:
            raise Unreadable("neither JSON nor a form with a message in it", code="missing_field")
        body = found[name].encode()
    reading.check_size(len(body))
    return Parsed(_xml(body)) if body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") else reading.parse(body)


def scans(value: object) -> Iterator[tuple[str, Row]]:
    """(waybill number, scan) in the sender's order; the number is "" where the sender left it out."""
    for row in rows(value):
        yield from _scans(row, _DEEPEST)


def _scans(row: Row, depth: int) -> Iterator[tuple[str, Row]]:
    if "WaybillRoute" in row:  # the push: every scan names its waybill
        for scan in rows(row["WaybillRoute"]):
            yield first(scan, *_NUMBERS), scan
        return
    for name in ("routeResps", "RouteResponse"):  # the query: scans grouped by waybill
        for group in rows(row.get(name)):
            yield from _grouped(group)
    if any(name in row for name in _LISTS):
        yield from _grouped(row)
        return
    if any(name in row for name in _SCAN_MARKS):  # a relay that passes scans on one by one
        yield first(row, *_NUMBERS), row
        return
    for name in _WRAPPERS if depth else ():
        inner = row.get(name)
        if isinstance(inner, str) and inner.lstrip()[:1] in ("{", "["):
            inner = reading.parse(inner.encode()).value
        for part in rows(inner):
            yield from _scans(part, depth - 1)


def _grouped(group: Row) -> Iterator[tuple[str, Row]]:
    number = first(group, *_NUMBERS)
    for name in _LISTS:
        for scan in rows(group.get(name)):
            yield number or first(scan, *_NUMBERS), scan


def _xml(body: bytes) -> dict[str, object]:
    try:
        root = ElementTree.fromstring(body, forbid_dtd=True)
    except (ElementTree.ParseError, DefusedXmlException, ValueError) as exc:
        raise Unreadable("not well-formed XML", code="not_xml") from exc
    return dict(mapping(_element(root, reading.MAX_DEPTH)))


def _element(node: Element, depth: int) -> dict[str, object]:
    if depth <= 0:
        raise Unreadable("nested too deeply", code="too_deep")
    made: dict[str, object] = dict(node.attrib)
    for child in node:
        listed = made.setdefault(child.tag, [])
        if isinstance(listed, list):
            listed.append(_element(child, depth - 1))
    return made
