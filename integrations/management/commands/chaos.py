import json
import os
import subprocess
import sys
import threading
import time
from random import Random
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from core.embedded.discover import SUPERVISED
from core.services import replay
from fulfillment.models import Parcel
from integrations.demo import audit, chaos
from integrations.demo.crew import Crew
from integrations.demo.outside import Outside
from integrations.demo.platforms import NEVER_PUSHED, Platforms, Trade
from integrations.services.trial_orders import web_url
from oms.domain.canonical import RefundKind, RefundStatus

INSIDE = "ONEROPE_CHAOS"
PER_ROUND = 1  # orders of each shop
REFUNDED = 0.3  # of the rounds see a buyer who wants the money back
REFUND = (RefundStatus.REQUESTED, RefundStatus.SUCCEEDED)
STRETCH_SECONDS = 20.0  # few orders are spread over at least as long, so that every fault meets traffic


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
        crew = Crew(rng)
        saboteur, sent = chaos.Saboteur(web_url(), Random(seed)), threading.Event()
        enemy = threading.Thread(target=saboteur.rampage, args=(sent,), daemon=True)
        enemy.start()
        rounds = max(orders // (len(platforms.shops) * PER_ROUND), 1)
        try:
            for _round in range(rounds):
                platforms.order(PER_ROUND)
                if rng.random() < REFUNDED:
                    platforms.refund([_any(rng, platforms.trade)], RefundKind.REFUND_ONLY, *REFUND)
                with chaos.through_failures():
                    crew.work(most=PER_ROUND * len(platforms.shops))
                time.sleep(STRETCH_SECONDS / rounds)
        finally:
            sent.set()
            enemy.join()
        started = time.monotonic()
        arrived = chaos.wait_arrived({number for _platform, number in platforms.trade.orders})
        drained = chaos.wait_drained() and arrived
        return self._report(platforms.trade, saboteur.havoc, drained, time.monotonic() - started)

    def _report(self, trade: Trade, havoc: chaos.Havoc, drained: bool, drain_s: float) -> dict[str, Any]:
        faults = {
            "lost": len(audit.lost(trade)),
            "duplicated": len(audit.doubled(trade)),
            "forgotten": len(audit.forgotten(trade)),
            "unread": len(audit.unread(trade)),
            "outdated": len(audit.outdated(trade)),
            "unpaid": len(audit.unpaid(trade)),
            "unanswered": trade.failed,
            "believed": trade.believed,
            "oversold": chaos.oversold(),
            "leaked": chaos.leaked(),
            "broken": chaos.broken(),
            "differences": len(replay.verify().differences),
            "trouble": havoc.trouble,
        }
        return {
            "ok": drained and bool(havoc.done) and not any(faults.values()),
            "orders": len(trade.orders),
            "messages": trade.sent,
            "never_pushed": len(trade.never_pushed),
            "cancelled": len(trade.cancelled),
            "refunded": len(trade.refunds),
            "shipped": Parcel.objects.filter(state="shipped").count(),
            "faults": len(havoc.done),
            "recovery_p95_s": havoc.p95,
            "drained": drained,
            "drain_s": round(drain_s, 2),
            **faults,
        }


def _any(rng: Random, trade: Trade) -> tuple[str, str]:
    """An order that is neither cancelled nor refunded yet."""
    return rng.choice(sorted(trade.orders.keys() - trade.cancelled - trade.never_pushed - trade.refunds.keys()))
