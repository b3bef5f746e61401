"""Children: restarted when they crash, ended with all their descendants, their lines told apart."""

import os
import time

from core.embedded.process import Record
from core.embedded.stack import Stack
from core.embedded.supervisor import ChildSpec, Supervisor, python
from core.embedded.teardown import running_children, stop_children
from tests.embedded.conftest import eventually, kill

# Ignores SIGTERM and has a child that does too.
STUBBORN = """
import os, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = os.fork()
os.write(1, f"{'grandchild' if child == 0 else 'leader'} {os.getpid()}\\n".encode())
time.sleep(120)
"""
CRASHES = "import sys; print('about to crash'); sys.exit(3)"


def supervise(home, *specs):
    """A supervisor over `specs` (no servers) and what the children said so far."""
    said = []
    stack = Stack(home, postgres=False, valkey=False)
    return Supervisor(stack, specs, {"GREETING": "hello"}, lambda name, line: said.append((name, line))), said


def pids(said, word):
    return [int(line.split()[1]) for _name, line in said if line.startswith(word)]


def test_a_group_is_ended_as_a_whole_even_when_it_ignores_sigterm(home):
    supervisor, said = supervise(home, ChildSpec("stubborn", python("-c", STUBBORN), grace=0.3))
    supervisor.start()
    eventually(lambda: len(said) == 2)
    family = [Record.of("x", pid) for pid in pids(said, "leader") + pids(said, "grandchild")]
    assert all(member.alive() for member in family)

    supervisor.stop()

    eventually(lambda: not any(member.alive() for member in family), 5)
    assert running_children(home) == []


def test_a_killed_child_is_started_again_and_its_descendants_are_not_left_over(home):
    supervisor, said = supervise(home, ChildSpec("stubborn", python("-c", STUBBORN), grace=0.1))
    supervisor.start()
    eventually(lambda: len(said) == 2)
    leader = Record.load(home, "stubborn")
    orphan = Record.of("x", pids(said, "grandchild")[0])

    kill(leader)

    def replaced():
        supervisor.tick()
        return len(pids(said, "leader")) == 2

    eventually(replaced)
    assert not orphan.alive()
    assert supervisor.pid("stubborn") == pids(said, "leader")[1] != leader.pid
    supervisor.stop()


def test_a_child_that_keeps_crashing_is_tried_less_and_less_often(home):
    supervisor, said = supervise(home, ChildSpec("broken", python("-c", CRASHES)))
    supervisor.start()
    end = time.monotonic() + 4
    while time.monotonic() < end:
        supervisor.tick()
        time.sleep(0.02)
    supervisor.stop()
    pauses = [line for name, line in said if name == "devstack"]
    assert pauses[:3] == [f"broken has ended; again in {pause} s" for pause in ("0.5", "1", "2")]
    assert len(pauses) <= 4
    assert ("broken", "about to crash") in said


def test_children_get_the_environment_and_know_that_they_are_supervised(home):
    code = "import os; print(os.environ['GREETING'], os.environ['ONEROPE_SUPERVISED'])"
    supervisor, said = supervise(home, ChildSpec("child", python("-c", code)))
    supervisor.start()
    eventually(lambda: said)
    supervisor.stop()
    assert said[0] == ("child", "hello 1")


def test_children_of_a_killed_supervisor_are_found_and_ended(home, python):
    owner = python(
        "import sys, time; from pathlib import Path\n"
        "from core.embedded.home import Home; from core.embedded.stack import Stack\n"
        "from core.embedded.supervisor import ChildSpec, Supervisor, python\n"
        "home = Home(Path(sys.argv[1])); stack = Stack(home, postgres=False, valkey=False)\n"
        "spec = ChildSpec('sleeper', python('-c', 'import time; time.sleep(120)'))\n"
        "supervisor = Supervisor(stack, [spec], {}, lambda name, line: None)\n"
        "supervisor.start(); print(supervisor.pid('sleeper'), flush=True); time.sleep(120)\n",
        str(home.root),
    )
    sleeper = Record.of("x", int(owner.stdout.readline()))
    owner.kill()
    owner.wait()
    assert sleeper.alive()

    assert stop_children(home) == ["sleeper"]

    assert not sleeper.alive()
    assert os.listdir(home.run) == [name for name in os.listdir(home.run) if not name.endswith(".json")]


def test_servers_that_die_are_started_again(stack):
    supervisor = Supervisor(stack, [], {}, lambda name, line: None)
    before = [server.running() for server in stack.servers]
    for record in before:
        kill(record)
    supervisor.tick()
    assert stack.running()
    assert all(old.pid != server.running().pid for old, server in zip(before, stack.servers, strict=True))
