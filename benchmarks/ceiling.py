"""The most that committing webhooks one by one can reach: pgbench with the same row, or an equal loop of our own."""

import re
import shutil
import subprocess
import sys
import tempfile
import time
from typing import Any

INSERT = """INSERT INTO core_inboxmessage (source, delivery_key, body, meta, state, attempts, token, error_code, error,
outcome) VALUES ('bare', {key}, '\\x{body}', '{{"topic": "orders/create"}}', 'new', 0, 0, '', '', '')
ON CONFLICT (source, delivery_key) DO NOTHING""".replace("\n", " ")
SCRIPT = "\\set a random(1, 1000000000)\n\\set b random(1, 1000000000)\n{insert};\n"


def tool() -> str:
    return "pgbench -M simple" if shutil.which("pgbench") else "our own loop of raw connections; no pgbench here"


def inserts_per_s(database: dict[str, Any], body: bytes, connections: int, seconds: int) -> float:
    """`database` is an entry of DATABASES."""
    return (_pgbench if shutil.which("pgbench") else _own_loop)(database, body, connections, seconds)


def _pgbench(database: dict[str, Any], body: bytes, connections: int, seconds: int) -> float:
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        script.write(SCRIPT.format(insert=INSERT.format(key=":a || '-' || :b", body=body.hex())))
        script.flush()
        command = ["pgbench", "-n", "-M", "simple", "-c", str(connections), "-j", "2", "-T", str(seconds)]
        command += ["-f", script.name, "-h", database["HOST"], "-p", str(database["PORT"]), "-U", database["USER"]]
        done = subprocess.run(
            [*command, database["NAME"]], env={"PGPASSWORD": database["PASSWORD"], "PATH": "/usr/bin:/bin"},
            capture_output=True, text=True, check=True,
        )  # fmt: skip
    found = re.search(r"tps = ([\d.]+)", done.stdout)
    assert found, done.stdout
    return float(found[1])


def _own_loop(database: dict[str, Any], body: bytes, connections: int, seconds: int) -> float:
    """A process per connection, so that no interpreter lock stands between them."""
    url = f"host={database['HOST']} port={database['PORT']} dbname={database['NAME']} user={database['USER']}"
    insert = INSERT.format(key="%s", body=body.hex())
    command = [sys.executable, "-m", "benchmarks.ceiling", f"{url} password={database['PASSWORD']}"]
    loops = [
        subprocess.Popen([*command, f"{n}-", str(seconds)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for n in range(connections)
    ]
    for loop in loops:
        assert loop.stdout
        loop.stdout.readline()
    for loop in loops:
        assert loop.stdin
        loop.stdin.write(insert + "\n")
        loop.stdin.flush()
    return sum(float(loop.communicate()[0]) for loop in loops)


def _loop(url: str, prefix: str, seconds: str) -> None:
    """One connection: says when it is ready, takes the statement, tells its rate."""
    import psycopg2

    line = psycopg2.connect(url)
    line.autocommit = True
    print("ready", flush=True)
    insert, cursor, count = sys.stdin.readline(), line.cursor(), 0
    started = time.perf_counter()
    while time.perf_counter() - started < float(seconds):
        cursor.execute(insert, [f"{prefix}{started}-{count}"])
        count += 1
    print(count / (time.perf_counter() - started))


if __name__ == "__main__":
    _loop(*sys.argv[1:])
