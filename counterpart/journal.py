"""Everything this process has done, one JSON object a line: after a kill it knows what it knew before."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Entry = dict[str, Any]


class Journal:
    """Append-only. A line is handed to the operating system before the answer that depends on it leaves, which
    survives the death of this process (not a power cut). Without a folder nothing is kept."""

    def __init__(self, folder: Path | None) -> None:
        self._path = folder / "journal.jsonl" if folder else None
        self._file: Any = None

    def replay(self) -> Iterator[Entry]:
        """Entries in order; a torn last line, written while dying, is dropped."""
        if self._path is None or not self._path.exists():
            return
        whole = 0
        with self._path.open("rb") as lines:
            for line in lines:
                if not line.endswith(b"\n"):
                    break
                yield json.loads(line)
                whole += len(line)
        os.truncate(self._path, whole)

    def append(self, entry: Entry) -> None:
        if self._path is None:
            return
        if self._file is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self._path.open("ab", buffering=0)
        self._file.write(json.dumps(entry, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")
