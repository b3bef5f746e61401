import json
import os
import subprocess
import sys
import threading
from random import Random
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from core.embedded.discover import SUPERVISED
from core.services import replay
from integrations.demo import chaos
from integrations.demo.outside import Outside
from integrations.demo.platforms import NEVER_PUSHED, Platforms
from integrations.services.trial_orders import web_url
from oms.models import Order

INSIDE = "ONEROPE_CHAOS"


class Command(BaseCommand):
    help = "Start a stack of its own, kill and empty its parts while orders pour in, let it drain, audit."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--orders", type=int, default=200)
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--never-pushed", type=float, default=NEVER_PUSHED, help="share that only the lists have")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        if INSIDE not in os.environ:
            self._in_a_stack_of_its_own(options)
        os.environ.setdefault(SUPERVISED, "1")  # the supervisor alone brings servers back
        report = self._run(options["orders"], options["seed"], options["never_pushed"])
        self.stdout.write(json.dumps(report) if options["json"] else "\n".join(f"{k}: {v}" for k, v in report.items()))
        sys.exit(0 if report["ok"] else 1)

    def _in_a_stack_of_its_own(self, options: dict[str, Any]) -> None:
        python, manage = sys.executable, str(settings.BASE_DIR / "manage.py")
        command = [python, "-m", "core.embedded", "scratch", "chaos", "--", python, manage, "devstack", "run", "chaos"]
        command += ["--orders", str(options["orders"]), "--seed", str(options["seed"])]
        command += ["--never-pushed", str(options["never_pushed"])]
        command += ["--json"] if options["json"] else []
        sys.exit(subprocess.run(command, env={**os.environ, INSIDE: "1"}, check=False).returncode)

    def _run(self, orders: int, seed: int, never_pushed: float) -> dict[str, Any]:
        rng, outside = Random(seed), Outside()
        outside.prepare()
        platforms = Platforms(web_url(), rng, outside.know_orders, never_pushed)
        saboteur, sent = chaos.Saboteur(web_url(), Random(seed)), threading.Event()
        enemy = threading.Thread(target=saboteur.rampage, args=(sent,))
        enemy.start()
        try:
            for _round in range(max(orders // (len(platforms.shops) * 4), 1)):
                platforms.order(4)
        finally:
            sent.set()
            enemy.join()
        arrived = chaos.wait_arrived({number for _platform, number in platforms.trade.orders})
        drained = chaos.wait_drained() and arrived
        known = {number for _platform, number in platforms.trade.orders}
        stored = list(Order.objects.values_list("order_no", flat=True))
        lost = len(known - set(stored))
        duplicated = len(stored) - len(set(stored))
        broken, differences = chaos.broken(), len(replay.verify().differences)
        return {
            "ok": drained and not (lost or duplicated or broken or differences or platforms.trade.failed),
            "orders": len(known),
            "never_pushed": len(platforms.trade.never_pushed),
            "faults": len(saboteur.havoc.done),
            "lost": lost,
            "duplicated": duplicated,
            "oversold": chaos.oversold(),
            "leaked": chaos.leaked(),
            "recovery_p95_s": saboteur.havoc.p95,
            "drained": drained,
            "broken": broken,
            "differences": differences,
            "unanswered": platforms.trade.failed,
        }
