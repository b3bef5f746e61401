"""Telling a platform that a parcel left: the HTTP around `Channel.ship_request` and `ship_result`."""

import requests

from core import clock
from integrations.channels.adapter import Channel, Credentials, Shipment, ShipRequest, ShipResult

TIMEOUT = (3.05, 15)  # connect, read (s)
_MAX_LOOKUPS = 2


def report(
    adapter: Channel,
    base_url: str,
    shipment: Shipment,
    credentials: Credentials,
    session: requests.Session | None = None,
) -> ShipResult:
    """Report one parcel; never call it inside a transaction.

    Every platform's call may be repeated after an answer was lost: it names the same parcel, and "already shipped" is
    read as done. So no answer is `retry`, with code `unreachable` (nothing was sent) or `timeout` (it may have worked).
    """
    speak = session or requests.Session()
    found: bytes | None = None
    for _ in range(_MAX_LOOKUPS):
        step = adapter.ship_request(shipment, credentials, clock.now(), found)
        if isinstance(step, ShipResult):
            return step
        try:
            answer = _send(speak, base_url, step)
        except requests.Timeout as exc:
            return ShipResult(False, retry=True, code="timeout", message=str(exc)[:300])
        except requests.RequestException as exc:
            return ShipResult(False, retry=True, code="unreachable", message=str(exc)[:300])
        if not step.lookup or not answer.ok:
            return adapter.ship_result(answer.status_code, answer.content)
        found = answer.content
    return ShipResult(False, retry=True, code="lookup_loop")


def _send(session: requests.Session, base_url: str, step: ShipRequest) -> requests.Response:
    return session.request(
        step.method,
        base_url.rstrip("/") + step.path,
        params=dict(step.query),
        data=step.body,
        headers=dict(step.headers),
        timeout=TIMEOUT,
        allow_redirects=False,
    )
