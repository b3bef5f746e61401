"""Real processes, really killed: `manage.py chaos` on a stack of its own."""

import json
import os
import subprocess
import sys

from django.conf import settings

OURS = {
    "DATABASE_URL",
    "DATABASE_OWNER_URL",
    "REDIS_URL",
    "DJANGO_SETTINGS_MODULE",
    "COUNTERPART_URL",
    "PYTHONUNBUFFERED",  # most people have it not
}


def test_nothing_is_lost_doubled_or_oversold_when_everything_is_killed_once():
    environ = {key: value for key, value in os.environ.items() if key not in OURS}
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "chaos", "--orders", "40", "--seed", "3", "--json"]
    ended = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=240, check=False)
    assert ended.returncode == 0, ended.stdout[-2000:] + ended.stderr[-4000:]
    report = json.loads(ended.stdout.strip().splitlines()[-1])
    assert report["faults"] >= 5
    broken = (
        "lost",
        "duplicated",
        "forgotten",
        "unread",
        "outdated",
        "unpaid",
        "believed",
        "oversold",
        "leaked",
        "broken",
        "trouble",
    )
    assert {key: report[key] for key in broken if report[key]} == {}
    assert report["ok"]
