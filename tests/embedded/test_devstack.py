"""The commands a person types: what they start, say, survive and leave behind."""

import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request

import pytest

from core.embedded.ports import free_ports, is_free
from core.embedded.process import Record
from core.embedded.scratch import scratch_home
from core.embedded.teardown import running_children
from tests.embedded.conftest import ROOT, eventually, kill, same_home

OUTSIDE = ("PYTHONUNBUFFERED", "DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE", "PORT")


def environment(home, **more):
    kept = {key: value for key, value in os.environ.items() if key not in OUTSIDE}
    return {**kept, "ONEROPE_VAR": str(home.root), "PYTHONIOENCODING": "utf-8", **more}


def manage(home, *arguments, **more):
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=environment(home, **more),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def answers(port):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/livez", timeout=5) as response:
            return response.status == 200
    except (urllib.error.URLError, OSError):
        return False


@pytest.fixture(scope="module")
def shop():
    """A home that the tests with demo data share: migrations and seeds take longer than the rest."""
    with scratch_home(ROOT / "var", "test-devstack") as home:
        yield home


@pytest.fixture
def port():
    return free_ports(1)[0]


@pytest.fixture
def up(shop, port):
    """`devstack up` in the background, in a session of its own; its output goes to up.log."""
    log = shop.root / "up.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "devstack", "up", "--no-traffic"],
            cwd=ROOT,
            env=environment(shop, PORT=str(port)),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    eventually(lambda: answers(port) or process.poll() is not None, 60)
    assert process.poll() is None, log.read_text()
    yield process
    if process.poll() is None:
        process.kill()
    process.wait()


def test_one_command_serves_survives_and_leaves_nothing(shop, port, up):
    log = shop.root / "up.log"
    eventually(lambda: "make reset" in log.read_text())
    said = log.read_text()
    assert f"http://localhost:{port}/" in said
    assert str(shop.root) in said
    assert all(f"    {role:<8} " in said for role in ("ops", "cs", "picker", "packer", "master", "finance", "admin"))

    # A second one is sent away, with the remedy.
    second = manage(shop, "devstack", "up")
    assert (second.returncode, second.stderr.count("\n")) == (1, 1)
    assert "make stop" in second.stderr

    # Another command finds the same servers and leaves them alone.
    asked = manage(shop, "shell", "-v0", "-c", "from core.models import Event; print(Event.objects.count() >= 0)")
    assert asked.stdout.strip() == "True"

    # Whatever is killed comes back.
    for name in ("web", "worker", "postgres", "valkey"):
        record = Record.load(shop, name)
        kill(record)
        eventually(lambda name=name, record=record: (Record.load(shop, name) or record).pid != record.pid)
    eventually(lambda: answers(port))
    status = json.loads(manage(shop, "devstack", "status", "--json").stdout)
    assert status["running"] is True
    assert {"postgres", "valkey", "supervisor", "web", "worker", "beat", "counterpart"} <= status["processes"].keys()

    # Ctrl-C.
    records = [*running_children(shop), *(server.running() for server in same_home(shop).servers)]
    up.send_signal(signal.SIGINT)
    assert up.wait(60) == 0, log.read_text()
    assert not any(record.alive() for record in records)
    assert list(shop.run.glob("*.json")) == []
    assert is_free(port)


def test_what_a_killed_supervisor_left_is_stopped(shop, port, up):
    records = [*running_children(shop), *(server.running() for server in same_home(shop).servers)]
    up.kill()
    up.wait()

    stopped = manage(shop, "devstack", "down")

    assert stopped.returncode == 0
    assert not any(record.alive() for record in records)
    assert is_free(port)
    assert manage(shop, "devstack", "status").returncode == 1


def test_run_gives_back_the_code_of_its_command_and_shows_what_happened(shop):
    done = manage(shop, "devstack", "run", "shell", "-v0", "-c", "import sys; print('did it'); sys.exit(7)")
    assert done.returncode == 7
    assert "did it" in done.stdout
    assert list(shop.run.glob("*.json")) == []


def test_a_taken_port_is_named_before_anything_starts(home, port):
    holder = subprocess.Popen([sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1"])
    try:
        eventually(lambda: not is_free(port))
        refused = manage(home, "devstack", "up", PORT=str(port))
    finally:
        holder.kill()
        holder.wait()
    assert refused.returncode == 1
    assert refused.stderr.strip().endswith(f"port {port} is in use -> PORT={port + 1} make run")
    assert not (home.root / "postgres").exists()


@pytest.mark.parametrize("arguments", [["help"], ["doctor", "--json"], ["devstack", "status"]])
def test_a_command_without_questions_to_the_database_starts_none(home, arguments):
    manage(home, *arguments)
    assert not (home.servers / "postgres").exists()


def test_a_command_with_a_question_starts_the_servers_and_stops_them(home):
    code = "from django.db import connection as c; c.ensure_connection(); print(c.settings_dict['USER'])"
    asked = manage(home, "shell", "-v0", "-c", code)
    assert (asked.returncode, asked.stdout.strip()) == (0, "onerope_app"), asked.stderr
    assert (home.servers / "postgres" / "PG_VERSION").read_text() == "18\n"
    assert not any(server.running() for server in same_home(home).servers)


def test_reset_removes_everything(home):
    manage(home, "migrate", "--database", "owner", "core", "zero", "--fake")
    servers = home.servers
    assert manage(home, "devstack", "reset").returncode == 0
    assert not home.root.exists()
    assert not (servers / "postgres").exists()
    home.prepare()  # the fixture erases it


def test_doctor_reports_this_machine(home):
    found = json.loads(manage(home, "doctor", "--json", ONEROPE_TYPO="1").stdout)
    names = {finding["name"]: finding for finding in found["findings"]}
    assert names["postgres"]["ok"] is True
    assert names["packages"]["ok"] is True
    assert (names["environment"]["ok"], names["environment"]["detail"]) == (False, "ONEROPE_TYPO")
    assert found["ok"] is False
    assert "***@" in names["broker"]["detail"]


PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "config.settings.production",
    "SECRET_KEY": "s" * 60,
    "ALLOWED_HOSTS": "onerope.example",
    "DATABASE_URL": "postgres://127.0.0.1:1/none",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "VAULT_KEYS": "new:"
    + "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE="
    + ",old:"
    + "QkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkI=",
}


def test_production_refuses_to_run_servers_of_its_own(home):
    refused = manage(home, "devstack", "up", **PRODUCTION)
    assert refused.returncode == 1
    assert "devstack" in refused.stderr
    assert not (home.root / "postgres").exists()


def test_production_reads_its_keys_in_order(home):
    code = "from django.conf import settings; print(list(settings.VAULT_KEYS), settings.VAULT_KEYS['old'] == b'B' * 32)"
    assert manage(home, "shell", "-v0", "-c", code, **PRODUCTION).stdout.strip() == "['new', 'old'] True"


@pytest.mark.parametrize("name", ["SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL", "REDIS_URL", "VAULT_KEYS"])
def test_production_names_the_variable_that_is_missing(home, name):
    given = {key: value for key, value in PRODUCTION.items() if key != name}
    refused = manage(home, "check", **given)
    assert refused.returncode == 1
    assert f"Set the {name} environment variable" in refused.stderr


@pytest.mark.parametrize("keys", ["new", "new:QUFB", "new:!!!", "", "a:QUFB,a:QUFB"])
def test_production_refuses_keys_that_are_not_32_bytes_each(home, keys):
    refused = manage(home, "check", **(PRODUCTION | {"VAULT_KEYS": keys}))
    assert refused.returncode == 1
    assert "VAULT_KEYS" in refused.stderr
