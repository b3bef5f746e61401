"""Free ports on the loopback interface. Nothing here listens anywhere else."""

import contextlib
import socket

from core.embedded.home import Home

LOOPBACK = "127.0.0.1"
NAMES = ("postgres", "valkey", "counterpart")


def free_ports(count: int) -> list[int]:
    """`count` different ports that were free a moment ago."""
    with contextlib.ExitStack() as held:
        probes = [held.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind((LOOPBACK, 0))
        return [probe.getsockname()[1] for probe in probes]


def is_free(port: int, host: str = LOOPBACK) -> bool:
    with socket.socket() as probe:
        # A server that ended a moment ago leaves the port in TIME_WAIT, where it may be bound again.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True


def allotted(home: Home) -> dict[str, int]:
    """The port of each server and of the counterpart in `home`, chosen together the first time.

    Chosen before anything runs, so that settings know every URL although servers start later, when they are needed.
    """
    known = home.read_json("ports.json")
    if not known:
        home.prepare()
        with home.locked("files"):
            known = home.read_json("ports.json")
            if not known:
                known = dict(zip(NAMES, free_ports(len(NAMES)), strict=True))
                home.write_json("ports.json", known)
    return known


def allot(home: Home, name: str) -> int:
    """Another port for `name`, whose own was taken; the caller holds the home's lock."""
    (port,) = free_ports(1)
    home.write_json("ports.json", {**home.read_json("ports.json"), name: port})
    return port
