"""The HTTP server: one thread a connection, faults applied around the routes."""

import logging
import socket
import time
from email.utils import formatdate
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from counterpart import crm
from counterpart.carriers import plain, sf
from counterpart.control import Control
from counterpart.faults import Fault
from counterpart.http import JSON, Request, Response, Route, answer
from counterpart.platforms import platforms
from counterpart.tracking.courier import Courier
from counterpart.world import World

log = logging.getLogger(__name__)

_EARLY = ("drop_before", "error", "429", "redirect", "slow", "answer")
_LARGEST = 16 * 1024 * 1024
_ROUTES = [
    *sf.ROUTES,
    *plain.ROUTES,
    *(found for _key, module in platforms() for found in module.ROUTES),
    *crm.ROUTES,
]


class Counterpart(ThreadingHTTPServer):
    """The whole other side on one port of this machine. `port` 0 takes a free one (`url` tells which)."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int = 0, folder: Path | None = None, callback: str = "") -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.world = World(folder, callback)
        self.courier = Courier(self.world)
        self.routes: list[Route] = [*_ROUTES, *Control(self.courier).routes]
        self.courier.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def server_close(self) -> None:
        self.courier.stop()
        super().server_close()

    def handle_error(self, request: object, client_address: object) -> None:
        """A caller that hung up is none of our business; anything else is logged by the handler."""


class _Handler(BaseHTTPRequestHandler):
    server: Counterpart
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def _serve(self) -> None:
        request = self._read()
        if request is None:
            return
        control = request.path.startswith("/_/")
        fault = None if control else self.server.world.faults.strike(request.path, request.body)
        if fault and fault.mode in _EARLY and self._early(fault):
            return
        reply = self._dispatch(request)
        if fault and fault.mode in ("drop_after", "slow_after", "bad_body"):
            if fault.mode == "slow_after":
                time.sleep(fault.seconds)
            if fault.mode != "bad_body":
                self._hang_up()
                return
            reply = Response(reply.status, b"<html>502 Bad Gateway</html>", content_type="text/html")
        self._write(reply)

    do_GET = do_POST = do_PUT = do_DELETE = _serve

    def _early(self, fault: Fault) -> bool:
        """Faults that strike before anything is done; False when the request then goes on as usual."""
        if fault.mode == "slow":
            time.sleep(fault.seconds)
            return False
        if fault.mode == "drop_before":
            self._hang_up()
        elif fault.mode == "error":
            self._write(answer({"message": "internal error"}, 500))
        elif fault.mode == "answer":
            self._write(answer(fault.says, fault.status))
        elif fault.mode == "429":
            self._write(answer({"message": "too many"}, 429, **{"Retry-After": str(int(fault.seconds))}))
        else:
            self._write(Response(302, b"", {"Location": "http://127.0.0.1:1/elsewhere"}))
        return True

    def _read(self) -> Request | None:
        size = int(self.headers.get("content-length") or 0)
        if size > _LARGEST:
            self.close_connection = True
            self._write(answer({"message": "too large"}, 413))
            return None
        parts = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        return Request(self.command, parts.path, query, headers, self.rfile.read(size))

    def _dispatch(self, request: Request) -> Response:
        for method, pattern, handle in self.server.routes:
            found = pattern.fullmatch(request.path) if method == request.method else None
            if found:
                named = {name: unquote(value) for name, value in found.groupdict().items()}
                made = Request(request.method, request.path, request.query, request.headers, request.body, named)
                try:
                    # One at a time: what a route looks up and what it then notes belong together.
                    with self.server.world.lock:
                        return handle(self.server.world, made)
                except (ValueError, KeyError, TypeError, AttributeError) as exc:
                    return answer({"message": f"unreadable request: {type(exc).__name__}: {exc}"}, 400)
        return answer({"message": f"no such address: {request.method} {request.path}"}, 404)

    def _write(self, reply: Response) -> None:
        # Status, headers and body in one packet: two would wait for each other (delayed acknowledgement).
        date = formatdate(time.time() + self.server.world.settings["skew"], usegmt=True)
        headers = {"Date": date, "Content-Type": reply.content_type or JSON, "Content-Length": str(len(reply.body))}
        headers |= reply.headers
        if self.close_connection:
            headers["Connection"] = "close"
        lines = [f"HTTP/1.1 {reply.status} {HTTPStatus(reply.status).phrase}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        self.wfile.write("\r\n".join([*lines, "", ""]).encode("latin-1") + reply.body)

    def _hang_up(self) -> None:
        self.close_connection = True
        try:
            self.connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            log.debug("already gone")

    def log_message(self, format: str, *args: object) -> None:
        log.debug(format, *args)
