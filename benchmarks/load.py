"""A cheap client in a process of its own: ready-made requests over kept-alive connections, closed or open loop.

`python -m benchmarks.load PORT CONNECTIONS RATE FILE`: FILE is a pickled list of whole HTTP requests, RATE is how many
are due a second (0: each connection sends its next as soon as it has its answer). Prints `{"seconds", "statuses",
"ms"}`, the latter two per request. In the open loop a request's clock starts when it is due, not when a connection was
free for it: a server that stalls is charged for everybody it kept waiting.
"""

import json
import pickle
import re
import select
import socket
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

LENGTH = re.compile(rb"\r\ncontent-length: (\d+)\r\n", re.IGNORECASE)
PATIENCE = 60.0  # seconds without any answer


@dataclass(frozen=True, slots=True)
class Result:
    """Status and latency of each request in the order they were given."""

    seconds: float
    statuses: Sequence[int]
    ms: Sequence[float]

    def percentile(self, share: float) -> float:
        return sorted(self.ms)[min(len(self.ms) - 1, int(share * len(self.ms)))]


def request(path: str, headers: Mapping[str, str], body: bytes) -> bytes:
    lines = [f"POST {path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


def load(port: int, requests: Sequence[bytes], connections: int, rate: float = 0.0) -> Result:
    """Run the client process and wait for it."""
    with tempfile.NamedTemporaryFile() as file:
        pickle.dump(list(requests), file)
        file.flush()
        command = [sys.executable, "-m", "benchmarks.load", str(port), str(connections), str(rate), file.name]
        done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    return Result(**json.loads(done.stdout))


@dataclass(slots=True)
class _Line:
    socket: socket.socket
    index: int = 0
    begun: float = 0.0
    heard: bytes = b""

    def status(self) -> int:
        """Of the answer, 0 while it is not whole."""
        received = self.socket.recv(65536)
        if not received:
            sys.exit("the server closed a connection")
        self.heard += received
        head, end, body = self.heard.partition(b"\r\n\r\n")
        length = LENGTH.search(head + b"\r\n")
        if end and length is None:
            sys.exit("an answer without a length")
        if not end or length is None or len(body) < int(length[1]):
            return 0
        self.heard = b""
        return int(head[9:12])


def _drive(port: int, requests: Sequence[bytes], connections: int, rate: float) -> Result:
    poll, lines = select.epoll(), {}
    for _ in range(connections):
        line = _Line(socket.create_connection(("127.0.0.1", port)))
        line.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        lines[line.socket.fileno()] = line
        poll.register(line.socket, select.EPOLLIN)
    idle, count, sent, answered = deque(lines.values()), len(requests), 0, 0
    statuses, ms = [0] * count, [0.0] * count
    started = time.perf_counter()
    while answered < count:
        now = time.perf_counter()
        while idle and sent < count and (not rate or started + sent / rate <= now):
            line = idle.popleft()
            line.index, line.begun = sent, started + sent / rate if rate else now
            line.socket.sendall(requests[sent])
            sent += 1
        next_due = rate and idle and sent < count
        wait = started + sent / rate - time.perf_counter() if next_due else PATIENCE
        ready = poll.poll(max(0.0, wait))
        if not ready and not next_due:
            sys.exit(f"no answer within {PATIENCE:.0f} s")
        for number, _event in ready:
            line = lines[number]
            if status := line.status():
                statuses[line.index], ms[line.index] = status, (time.perf_counter() - line.begun) * 1000
                answered += 1
                idle.append(line)
    return Result(time.perf_counter() - started, statuses, ms)


def _main(port: str, connections: str, rate: str, path: str) -> None:
    with open(path, "rb") as file:
        requests = pickle.load(file)  # noqa: S301 - our parent wrote it
    result = _drive(int(port), requests, int(connections), float(rate))
    json.dump({"seconds": result.seconds, "statuses": result.statuses, "ms": result.ms}, sys.stdout)


if __name__ == "__main__":
    _main(*sys.argv[1:])
