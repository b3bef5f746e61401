"""The sender against a real HTTP server on this machine."""

import threading
from collections import Counter
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random
from urllib.parse import parse_qsl, urlsplit

import pytest

from integrations.channels.adapter import BadSignature, Push
from integrations.channels.mischief import Fault, Parcel, disturb
from integrations.channels.purchases import Sellable, invent
from integrations.channels.sender import send
from integrations.registry import CHANNELS, channel
from tests.factories.channels import SECRETS

ITEMS = [Sellable("A-1", "1001", "茶杯", 1990), Sellable("B-2", "1002", "茶壶", 8900)]


def now():
    return datetime.now(UTC)


@pytest.fixture
def door():
    """A server that checks signatures as the hook does; `door.fail_first` answers 503 so many times."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            parts = urlsplit(self.path)
            platform, shop = parts.path.split("/")[3:5]
            push = Push.of("POST", dict(self.headers.items()), dict(parse_qsl(parts.query)), body)
            with server.lock:
                server.connections.add(self.client_address)
                server.shops.add(shop)
                busy = server.fail_first > 0
                server.fail_first -= busy
            status = 503 if busy else self.judge(platform, push)
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def judge(self, platform, push):
            adapter = channel(platform)
            try:
                adapter.verify(push, [SECRETS[platform]], now())
            except BadSignature:
                return 401
            with server.lock:
                server.keys[adapter.delivery_key(push)] += 1
            return 200

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.lock, server.keys, server.connections, server.shops = threading.Lock(), Counter(), set(), set()
    server.fail_first = 0
    server.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


def messages(platform, count, seed=1):
    rng = Random(seed)
    return [channel(platform).render(invent(rng, ITEMS, now())) for _ in range(count)]


@pytest.mark.parametrize("platform", sorted(CHANNELS))
def test_every_platforms_pushes_arrive_signed(platform, door):
    parcels = [Parcel(message) for message in messages(platform, 12)]

    report = send(channel(platform), "main", SECRETS[platform], parcels, base_url=door.url, now=now, concurrency=3)

    assert (report.sent, report.accepted, report.refused, report.failed) == (12, 12, 0, 0)
    assert len(door.keys) == 12
    assert door.shops == {"main"}
    assert len(door.connections) <= 3  # kept alive, not one each


def test_duplicates_arrive_under_one_key_and_tampered_copies_are_refused(door):
    parcels = disturb(messages("shopify", 60), [Fault.DUPLICATE, Fault.TAMPER, Fault.REORDER], Random(2))
    tampered = sum(parcel.tampered for parcel in parcels)

    report = send(channel("shopify"), "main", SECRETS["shopify"], parcels, base_url=door.url, now=now)

    assert tampered > 0
    assert (report.sent, report.accepted, report.refused) == (len(parcels), len(parcels) - tampered, tampered)
    assert len(door.keys) == 60
    assert sum(door.keys.values()) == len(parcels) - tampered


def test_a_busy_server_is_tried_again_when_asked_to(door):
    door.fail_first = 2
    parcels = [Parcel(message) for message in messages("jd", 3)]

    once = send(channel("jd"), "main", SECRETS["jd"], parcels[:1], base_url=door.url, now=now)
    patient = send(channel("jd"), "main", SECRETS["jd"], parcels, base_url=door.url, now=now, attempts=4)

    assert (once.accepted, once.refused) == (0, 1)
    assert (patient.accepted, patient.refused) == (3, 0)


def test_a_rate_is_kept(door):
    parcels = [Parcel(message) for message in messages("standard", 10)]

    report = send(channel("standard"), "main", SECRETS["standard"], parcels, base_url=door.url, now=now, rate=50)

    assert 0.17 <= report.seconds < 2
    assert report.as_dict()["per_s"] == round(10 / report.seconds, 1)


def test_nobody_there_is_counted_not_raised():
    parcels = [Parcel(message) for message in messages("taobao", 2)]

    report = send(channel("taobao"), "main", SECRETS["taobao"], parcels, base_url="http://127.0.0.1:1", now=now)

    assert (report.sent, report.failed, report.accepted) == (2, 2, 0)
    assert report.as_dict() == {
        "sent": 2,
        "accepted": 0,
        "refused": 2,
        "p50_ms": 0.0,
        "p99_ms": 0.0,
        "per_s": report.as_dict()["per_s"],
    }
