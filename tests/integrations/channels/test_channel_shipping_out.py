"""Ship confirmations over real HTTP on this machine."""

import json
import threading
import time
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from integrations.channels.adapter import Credentials, Shipment, ShipResult
from integrations.registry import channel
from integrations.services import shipping_out

SHIPMENT = Shipment("450789469", "SF1", "SF", datetime(2026, 11, 23, tzinfo=UTC), "parcel-1")
CREDENTIALS = Credentials("app", "secret", "token")


@pytest.fixture
def platform():
    """A server that plays `platform.answers`, (status, body) in turn, and keeps what it was asked."""

    class Handler(BaseHTTPRequestHandler):
        def answer(self):
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            server.asked.append((self.command, self.path, body))
            status, said = server.answers.pop(0)
            if status == 0:
                time.sleep(1)
                return
            self.send_response(status)
            self.end_headers()
            self.wfile.write(json.dumps(said).encode())

        do_GET = do_POST = do_PUT = answer

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads, server.asked, server.answers = True, [], []
    server.url = f"http://127.0.0.1:{server.server_port}/"
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def report(server, name="shopify"):
    return shipping_out.report(channel(name), server.url, SHIPMENT, CREDENTIALS)


def test_a_lookup_is_followed_by_the_fulfilment(platform):
    platform.answers = [
        (200, {"fulfillment_orders": [{"id": 9, "status": "open", "line_items": []}]}),
        (201, {"fulfillment": {"id": 1}}),
    ]

    assert report(platform) == ShipResult(True)
    assert [(method, path.rsplit("/", 1)[1]) for method, path, _ in platform.asked] == [
        ("GET", "fulfillment_orders.json"),
        ("POST", "fulfillments.json"),
    ]


def test_reporting_the_same_parcel_again_is_done_already(platform):
    platform.answers = [(200, {"fulfillment_orders": [{"id": 9, "status": "closed"}]})]

    assert report(platform).ok


def test_a_platform_that_is_busy_or_gone_is_asked_again(platform, monkeypatch):
    monkeypatch.setattr(shipping_out, "TIMEOUT", (0.2, 0.2))
    platform.answers = [(503, {}), (0, {})]

    busy, silent = report(platform), report(platform)
    nobody = shipping_out.report(channel("jd"), "http://127.0.0.1:1", SHIPMENT, CREDENTIALS)

    assert [(result.ok, result.retry, result.code) for result in (busy, silent, nobody)] == [
        (False, True, "503"),
        (False, True, "timeout"),
        (False, True, "unreachable"),
    ]


def test_a_redirect_is_not_followed(platform):
    platform.answers = [(302, {})]

    result = report(platform, "woocommerce")

    assert (result.ok, len(platform.asked)) == (False, 1)
