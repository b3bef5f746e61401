"""Reading Shopify's orders: `orders.json` by `updated_at`, pages by the cursor in the `Link` header. A cursor goes on
from a place in the list, so that nothing is skipped when orders change between two pages."""

import json
import re
from datetime import datetime, timedelta
from urllib.parse import parse_qs, quote, urlsplit

from integrations.channels.adapter import Credentials
from integrations.channels.fields import mapping, text
from integrations.channels.pulling import Listed, Page, Puller, PullRefused, Window, answered, document, slices
from integrations.channels.shopify.shipback import API
from integrations.channels.signatures import digest_key
from integrations.http import Call, Reply

_LIMIT = "100"  # 250 are allowed; large orders would make the answer too large to take
_NEXT = re.compile(r'<([^<>]+)>;\s*rel="next"')
_NEARLY_FULL, _PAUSE = 0.75, 0.5  # of the bucket that "39/40" tells of, which leaks two calls a second


def list_call(window: Window, page: str, credentials: Credentials, now: datetime) -> Call:
    query = {"limit": _LIMIT}
    if page:  # a cursor carries the window and allows nothing beside it
        query["page_info"] = page
    else:
        by = "created_at" if window.created else "updated_at"
        query |= {"status": "any", f"{by}_min": window.start.isoformat(timespec="seconds")}
        query |= {f"{by}_max": window.end.isoformat(timespec="seconds"), "order": f"{by} asc"}
    if window.brief:
        query["fields"] = "id"
    return Call("GET", f"{API}/orders.json", headers=_headers(credentials), query=query)


def list_page(reply: Reply) -> Page:
    said = _said(reply)
    if not isinstance(said.get("orders"), list):
        raise PullRefused("no list in the answer", code="bad_answer", retry=True)
    found = [Listed(text(row.get("id")), digest_key(raw), raw) for row, raw in slices(reply.body, "orders")]
    return Page(found, next=_next(reply), wait=_wait(reply))


def detail_call(order_no: str, refund_no: str, credentials: Credentials, now: datetime) -> Call | None:
    """A refund is among the `refunds` of its order."""
    path = f"{API}/orders/{quote(order_no, safe='')}.json"
    return None if refund_no else Call("GET", path, headers=_headers(credentials))


def detail_body(reply: Reply) -> bytes:
    if not mapping(_said(reply).get("order")):
        raise PullRefused("no order in the answer", code="bad_answer", retry=True)
    return reply.body


def _headers(credentials: Credentials) -> dict[str, str]:
    return {"x-shopify-access-token": credentials.access_token}


def _said(reply: Reply) -> dict[str, object]:
    answered(reply)
    said = dict(mapping(document(reply)))
    if "errors" in said:
        raise PullRefused(json.dumps(said["errors"], ensure_ascii=False)[:200], code=str(reply.status))
    return said


def _next(reply: Reply) -> str:
    """Only the cursor is taken from the address: whom we call is ours to say."""
    found = _NEXT.search(reply.headers.get("link", ""))
    return parse_qs(urlsplit(found[1]).query).get("page_info", [""])[0] if found else ""


def _wait(reply: Reply) -> float:
    used, _slash, size = reply.headers.get("x-shopify-shop-api-call-limit", "").partition("/")
    if not (used.isdecimal() and size.isdecimal() and int(size)):
        return 0.0
    return _PAUSE if int(used) / int(size) >= _NEARLY_FULL else 0.0


PULLER = Puller(list_call, list_page, detail_call, detail_body, timedelta(days=7), context={"topic": "orders/updated"})
