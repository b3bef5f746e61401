"""The servers themselves: private, loopback only, two roles, and back again after any crash."""

import json
import os
import pwd
import socket
import stat
import subprocess
import sys
from dataclasses import asdict

import psycopg2
import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from core.embedded.errors import StackError
from core.embedded.ports import is_free
from core.embedded.process import Record
from tests.embedded.conftest import kill, same_home


def query(stack, role, *statements):
    connection = psycopg2.connect(stack.postgres.url(role))
    try:
        with connection, connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
            return cursor.fetchall() if cursor.description else None
    finally:
        connection.close()


def test_servers_are_private_and_on_the_loopback_interface_only(stack):
    for server in stack.servers:
        record = server.running()
        status = server.data.stat()
        expected = pwd.getpwnam("nobody").pw_uid if os.geteuid() == 0 else os.geteuid()
        assert (stat.S_IMODE(status.st_mode), status.st_uid) == (0o700, expected)
        assert os.stat(f"/proc/{record.pid}").st_uid == expected
        listening = {
            row.split()[1]
            for family in ("tcp", "tcp6")
            for row in open(f"/proc/net/{family}")  # noqa: SIM115
            if row.split()[3] == "0A" and row.split()[1].endswith(f":{server.port:04X}")
        }
        assert listening == {f"0100007F:{server.port:04X}"}
    secrets = stack.home.root / "secrets.json"
    assert stat.S_IMODE(secrets.stat().st_mode) == 0o600


def test_a_stranger_on_this_machine_gets_neither_database_nor_broker(stack):
    with pytest.raises(psycopg2.OperationalError, match="password"):
        psycopg2.connect(host="127.0.0.1", port=stack.postgres.port, user="postgres", dbname="onerope")
    with pytest.raises(redis.exceptions.AuthenticationError):
        redis.Redis(port=stack.valkey.port, retry=Retry(NoBackoff(), 0)).ping()


def test_the_runtime_role_works_with_the_owners_tables_and_cannot_change_them(stack):
    query(
        stack, "onerope_owner", "DROP TABLE IF EXISTS thing", "CREATE TABLE thing (id bigserial PRIMARY KEY, name text)"
    )

    assert query(stack, "onerope_app", "INSERT INTO thing (name) VALUES ('a') RETURNING id") == [(1,)]
    for forbidden in ("DROP TABLE thing", "CREATE TABLE mine (id int)", "TRUNCATE thing"):
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            query(stack, "onerope_app", forbidden)
    names = ("jit", "lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout")
    assert query(stack, "onerope_app", "SELECT " + ", ".join(f"current_setting('{name}')" for name in names)) == [
        ("off", "5s", "1min", "1min")
    ]


def test_a_database_the_owner_makes_gives_the_runtime_role_its_rights_too(stack):
    connection = psycopg2.connect(stack.postgres.url("onerope_owner"))
    connection.autocommit = True
    connection.cursor().execute("CREATE DATABASE scratch")
    connection.close()
    with psycopg2.connect(stack.postgres.url("onerope_owner", "scratch")) as owner:
        owner.cursor().execute("CREATE TABLE thing (id int)")
    with psycopg2.connect(stack.postgres.url("onerope_app", "scratch")) as app:
        app.cursor().execute("INSERT INTO thing VALUES (1)")


def test_text_is_utf8_and_case_folds_beyond_ascii(stack):
    assert query(stack, "onerope_app", "SELECT upper('éß中文'), current_setting('server_encoding')") == [
        ("Éß中文", "UTF8")
    ]


def test_what_was_committed_survives_kill_9_of_both_servers(stack):
    query(stack, "onerope_owner", "CREATE TABLE kept (id int)", "INSERT INTO kept SELECT generate_series(1, 5000)")
    client = redis.Redis.from_url(stack.valkey.url())
    client.rpush("queue", *range(100))
    client.execute_command("WAITAOF", 1, 0, 2000)  # everysec: at most a second of it may go with the machine
    for server in stack.servers:
        kill(server.running())
    assert not stack.running()

    stack.start()

    assert query(stack, "onerope_app", "SELECT count(*) FROM kept") == [(5000,)]
    assert redis.Redis.from_url(stack.valkey.url()).llen("queue") == 100


def test_a_stale_record_is_never_signalled(stack):
    stranger = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        for server in stack.servers:
            record = server.running()
            kill(record)
            stack.home.write_json(f"run/{server.name}.json", asdict(record) | {"pid": stranger.pid})

        assert same_home(stack.home).stop() == []
        stack.start()

        assert stranger.poll() is None
        assert all(server.running().pid != stranger.pid for server in stack.servers)
    finally:
        stranger.kill()
        stranger.wait()


def test_a_torn_record_is_as_good_as_none(stack):
    pids = [server.running().pid for server in stack.servers]
    for server in stack.servers:
        (stack.home.run / f"{server.name}.json").write_text('{"pid": 12')

    again = same_home(stack.home)
    again.start()

    assert [server.running().pid for server in again.servers] == pids


def test_a_server_whose_starter_died_before_the_record_is_found_again(stack):
    pids = [server.running().pid for server in stack.servers]
    for server in stack.servers:
        stack.home.remove(f"run/{server.name}.json")

    again = same_home(stack.home)
    again.start()

    assert [server.running().pid for server in again.servers] == pids
    assert again.stop() == ["valkey", "postgres"]


def test_a_pid_file_that_names_a_stranger_does_not_keep_postgresql_down(stack):
    kill(stack.postgres.running())
    pid_file = stack.postgres.data / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    pid_file.write_text("\n".join([str(os.getppid()), *lines[1:]]) + "\n")

    stack.start()

    assert query(stack, "onerope_app", "SELECT 1") == [(1,)]


def test_a_taken_port_is_given_up_for_another(stack):
    old = stack.postgres.port
    stack.stop()
    with socket.socket() as squatter:
        squatter.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        squatter.bind(("127.0.0.1", old))
        squatter.listen()
        stack.start()
        assert stack.postgres.port != old
    assert query(stack, "onerope_app", "SELECT 1") == [(1,)]
    assert is_free(old)


def test_lost_secrets_heal(stack):
    old = stack.postgres.secrets.passwords
    stack.stop()
    stack.home.remove("secrets.json")

    again = same_home(stack.home)
    again.start()

    assert again.postgres.secrets.passwords != old
    assert query(again, "onerope_app", "SELECT 1") == [(1,)]


def test_a_cluster_of_another_major_version_is_refused_with_a_remedy(stack):
    stack.stop()
    version = stack.postgres.data / "PG_VERSION"
    version.write_text("17\n")
    with pytest.raises(StackError, match=r"made by PostgreSQL 17, this is 18 -> .*pg_upgrade"):
        stack.start()
    version.write_text("18\n")


def test_a_start_that_fails_says_why_in_one_line(stack):
    stack.stop()
    control = stack.postgres.data / "global" / "pg_control"
    control.rename(control.with_suffix(".away"))
    with pytest.raises(StackError) as caught:
        stack.start()
    control.with_suffix(".away").rename(control)
    assert "pg_control" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_record_knows_its_process_by_birth():
    mine = Record.of("me", os.getpid())
    assert mine.alive()
    assert not Record("me", mine.pid, "another birth").alive()
    assert Record.of("none", 2**22 + 1) is None
    assert json.loads(json.dumps(asdict(mine))) == {"name": "me", "pid": mine.pid, "birth": mine.birth, "port": None}
