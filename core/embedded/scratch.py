"""Throwaway stacks below var/scratch: for the test suite, the demonstration, benchmarks and fault injection."""

import contextlib
import os
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from core.embedded.home import Home
from core.embedded.process import Record
from core.embedded.stack import Stack
from core.embedded.teardown import stop_everything


@contextlib.contextmanager
def scratch_home(root: Path, name: str) -> Iterator[Home]:
    """A fresh home that is stopped and erased at the end. `root` is the checkout's var/."""
    checkout = Home(root)
    checkout.prepare()
    folder = root / "scratch"
    folder.mkdir(mode=0o700, exist_ok=True)
    folder.chmod(root.stat().st_mode & 0o777)
    sweep(root)
    home = Home(folder / f"{name}-{os.getpid()}")
    owner = Record.of("owner", os.getpid())
    assert owner is not None
    # Until it says whose it is, somebody else's sweep would take it for left over.
    with checkout.locked("scratch"):
        home.prepare()
        home.write_json("owner.json", asdict(owner))
    try:
        yield home
    finally:
        stop_everything(home)
        with checkout.locked("scratch"):
            home.erase()


@contextlib.contextmanager
def scratch_stack(root: Path, name: str, *, durable: bool = False) -> Iterator[Stack]:
    """A running PostgreSQL and Valkey of one's own. `durable` is wanted where servers are killed on purpose."""
    with scratch_home(root, name) as home:
        stack = Stack(home, durable=durable)
        stack.start()
        yield stack


def live(root: Path) -> list[str]:
    """The throwaway stacks whose owner is at work."""
    return [home.root.name for home, owner in _scratch_homes(root) if owner and owner.alive()]


def sweep(root: Path) -> list[str]:
    """Stop and erase the throwaway stacks whose owner was killed before it could; their names."""
    if not (root / "scratch").exists():
        return []
    swept = []
    with Home(root).locked("scratch"):
        for home, owner in _scratch_homes(root):
            if owner is None or not owner.alive():
                stop_everything(home)
                home.erase()
                swept.append(home.root.name)
    return swept


def _scratch_homes(root: Path) -> Iterator[tuple[Home, Record | None]]:
    for folder in sorted((root / "scratch").glob("*")):
        owner = Home(folder).read_json("owner.json")
        yield Home(folder), Record(**owner) if owner else None
