"""Who starts the servers, who shares them, who stops them; throwaway stacks; folders that nobody may enter."""

import os
import pwd
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from core.embedded.errors import StackError
from core.embedded.home import Home
from core.embedded.scratch import scratch_home, sweep
from core.embedded.stack import Stack
from tests.embedded.conftest import ROOT, eventually, kill, same_home

USE = """
import sys
from pathlib import Path
from core.embedded import discover
stack = discover.ensure(Path(sys.argv[1]))
print(*[server.running().pid for server in stack.servers], flush=True)
sys.stdin.readline()
"""
START = """
import sys
from pathlib import Path
from core.embedded.home import Home
from core.embedded.stack import Stack
stack = Stack(Home(Path(sys.argv[1])))
stack.start()
print(*[server.running().pid for server in stack.servers], flush=True)
"""


def leave(process) -> None:
    process.stdin.write("\n")
    process.stdin.flush()
    assert process.wait(30) == 0, process.stderr.read()


def test_the_last_process_that_uses_the_servers_stops_them(home, python):
    first, second = python(USE, str(home.root)), python(USE, str(home.root))
    assert first.stdout.readline() == second.stdout.readline() != ""

    leave(first)
    assert same_home(home).running()

    leave(second)
    assert [server.running() for server in same_home(home).servers] == [None, None]


def test_a_killed_user_leaves_no_count_behind(home, python):
    killed, other = python(USE, str(home.root)), python(USE, str(home.root))
    assert killed.stdout.readline() == other.stdout.readline() != ""
    killed.kill()
    killed.wait()

    leave(other)

    assert [server.running() for server in same_home(home).servers] == [None, None]


def test_processes_that_start_at_once_get_the_same_servers(home, python):
    starters = [python(START, str(home.root)) for _ in range(4)]
    answers = {starter.communicate(timeout=60)[0] for starter in starters}
    assert [starter.returncode for starter in starters] == [0, 0, 0, 0]
    assert answers == {" ".join(str(server.running().pid) for server in same_home(home).servers) + "\n"}


def test_two_checkouts_run_side_by_side(stack, home):
    other = Stack(home, durable=False)
    other.start()
    assert stack.running()
    assert not {server.port for server in stack.servers} & {server.port for server in other.servers}

    other.stop()
    assert stack.running()


def test_a_throwaway_stack_whose_owner_was_killed_is_swept_up(python, tmp_path_factory):
    root = Path(tempfile.mkdtemp(prefix="sweep-", dir=ROOT / "var"))
    root.chmod(0o711)
    try:
        owner = python(
            "import sys; from pathlib import Path; from core.embedded.scratch import scratch_stack\n"
            "with scratch_stack(Path(sys.argv[1]), 'lost') as stack:\n"
            "    print(stack.home.root, flush=True)\n"
            "    sys.stdin.readline()\n",
            str(root),
        )
        lost = Home(Path(owner.stdout.readline().strip()))
        servers = [server.running() for server in same_home(lost).servers]
        assert sweep(root) == []

        owner.kill()
        owner.wait()

        assert sweep(root) == [lost.root.name]
        assert not any(server.alive() for server in servers)
        assert not lost.root.exists()
    finally:
        Home(root).erase()


def test_servers_move_out_of_a_folder_that_their_account_cannot_enter():
    """Under root that is any closed folder, such as root's own home; an ordinary user's servers stay where they are."""
    closed = Path(tempfile.mkdtemp(prefix="closed-", dir=ROOT / "var"))
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    try:
        with scratch_home(closed / "var", "moved") as home:
            stack = Stack(home, durable=False)
            stack.start()
            servers = home.servers

            assert stack.running()
            assert (servers == home.root) == (os.geteuid() != 0)
            assert stat.S_IMODE(closed.stat().st_mode) == 0o700
            assert stat.S_IMODE((servers / "postgres").stat().st_mode) == 0o700
        assert not servers.exists()
    finally:
        Home(closed).erase()


def test_programs_that_the_account_cannot_reach_are_copied_and_run(home):
    """As with a virtual environment below root's closed home folder."""
    if os.geteuid() != 0:
        assert home.servers == home.root  # nothing to reach: the servers run as the owner of the files
        return
    code = (
        "import sys; from pathlib import Path\n"
        "from core.embedded import binaries\n"
        "from core.embedded.home import Home; from core.embedded.stack import Stack\n"
        "binaries.Account.can_run = lambda self, binary: 'onerope-' in str(binary)\n"
        "stack = Stack(Home(Path(sys.argv[1])), durable=False)\n"
        "stack.start(); print(stack.postgres.command(binaries.Account(65534, 65534, True))[0]); stack.stop()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(home.root)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert Path(done.stdout.strip()).is_relative_to(home.elsewhere())
    assert home.servers == home.root


def test_a_folder_of_another_account_is_refused_in_one_line(home):
    """Under root a forked child becomes `nobody` and tries root's folder; an ordinary user tries the system's."""
    foreign = home.root if os.geteuid() == 0 else Path("/usr")
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            if os.geteuid() == 0:
                os.setuid(pwd.getpwnam("nobody").pw_uid)
            Home(foreign).prepare()
        except StackError as exc:
            os.write(writing, str(exc).encode())
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    os.close(writing)
    with os.fdopen(reading) as said:
        assert said.read() == f"{foreign} belongs to another account -> run as that account"


def test_no_room_on_the_disk_is_said_before_anything_starts(home):
    with pytest.raises(StackError, match=r"MB left on the disk of .*, 95367431640 MB needed -> free some space"):
        home.require_space(10**17)


def test_the_package_imports_without_django():
    code = (
        "import sys, pkgutil, importlib, core.embedded as package\n"
        "names = {m.name for m in pkgutil.iter_modules(package.__path__)} - {'backend', 'pytest_plugin', '__main__'}\n"
        "[importlib.import_module(f'core.embedded.{name}') for name in names]\n"
        "print(len(names), 'django' in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    count, django = done.stdout.split()
    assert int(count) > 10
    assert django == "False"


def test_a_crashed_server_comes_back_for_those_who_still_use_it(home, python):
    user = python(USE, str(home.root))
    user.stdout.readline()
    kill(same_home(home).valkey.running())
    newcomer = python(USE, str(home.root))
    newcomer.stdout.readline()
    eventually(lambda: same_home(home).running())
    leave(newcomer)
    assert same_home(home).running()
    leave(user)
    assert not same_home(home).running()
