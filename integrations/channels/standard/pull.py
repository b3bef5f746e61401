"""Reading an own site's orders, by the interface that we ask of own sites:

`GET /orders?modified_from&modified_to` (or `created_from`, `created_to`: ISO 8601, both ends included) `&limit&cursor`
with `Authorization: Bearer <access token>` → `{"orders": [event, …], "next": cursor or null}`, oldest first, each an
event of the schema in `mapper`; `GET /orders/<order_no>` → one event, 404 when there is none.
"""

from datetime import datetime, timedelta
from urllib.parse import quote

from integrations.channels.adapter import Credentials
from integrations.channels.fields import mapping, text
from integrations.channels.pulling import Listed, Page, Puller, PullRefused, Window, answered, document, slices
from integrations.channels.signatures import digest_key
from integrations.http import Call, Reply

PATH = "/orders"
_LIMIT = "100"


def list_call(window: Window, page: str, credentials: Credentials, now: datetime) -> Call:
    by = "created" if window.created else "modified"
    query = {f"{by}_from": window.start.isoformat(), f"{by}_to": window.end.isoformat(), "limit": _LIMIT}
    return Call("GET", PATH, headers=_headers(credentials), query=query | ({"cursor": page} if page else {}))


def list_page(reply: Reply) -> Page:
    answered(reply)
    said = mapping(document(reply))
    if not isinstance(said.get("orders"), list):
        raise PullRefused("no list in the answer", code="bad_answer", retry=True)
    found = [
        Listed(text(mapping(row.get("data")).get("order_no")), digest_key(raw), raw)
        for row, raw in slices(reply.body, "orders")
    ]
    return Page(found, next=text(said.get("next")))


def detail_call(order_no: str, refund_no: str, credentials: Credentials, now: datetime) -> Call | None:
    return None if refund_no else Call("GET", f"{PATH}/{quote(order_no, safe='')}", headers=_headers(credentials))


def detail_body(reply: Reply) -> bytes:
    answered(reply)
    if not mapping(mapping(document(reply)).get("data")):
        raise PullRefused("no order in the answer", code="bad_answer", retry=True)
    return reply.body


def _headers(credentials: Credentials) -> dict[str, str]:
    return {"authorization": f"Bearer {credentials.access_token}"}


PULLER = Puller(list_call, list_page, detail_call, detail_body, timedelta(days=7))
