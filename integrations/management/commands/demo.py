import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from integrations.demo import audit, report
from integrations.demo.story import Story
from integrations.services.trial_orders import web_url


class Command(BaseCommand):
    help = "Put real-format orders of every platform through all nine steps against the running processes, and audit."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--orders", type=int, default=300)
        parser.add_argument("--seed", type=int, default=42)

    def handle(self, *args: Any, **options: Any) -> None:
        story = Story(web_url(), options["orders"], options["seed"], lambda text: self.stdout.write(text))
        story.tell()
        self.stdout.write(f"\n{'step':<20}{'in':>8}{'out':>8}{'held':>8}{'p50 s':>10}{'p95 s':>10}")
        for row in report.rows():
            p50, p95 = (f"{value:.2f}" if value is not None else "—" for value in (row.p50, row.p95))
            self.stdout.write(f"{row.step:<20}{row.into:>8}{row.out:>8}{row.held:>8}{p50:>10}{p95:>10}")
        lost, doubled = audit.lost(story.platforms.trade), audit.doubled(story.platforms.trade)
        broken, verdict = story.audit()
        trade = story.platforms.trade
        self.stdout.write(
            f"\nsent {trade.sent} messages (turned away {trade.refused}, unanswered {trade.failed});"
            f" orders {len(trade.orders)}, never pushed {len(trade.never_pushed)};"
            f" lost {len(lost)}, doubled {len(doubled)};"
            f" replay {verdict.streams} streams, {verdict.events} events, {len(verdict.differences)} differences"
        )
        for name in broken:
            self.stdout.write(f"✗ {name}")
        for difference in verdict.differences[:5]:
            self.stdout.write(f"✗ {difference}")
        ok = not (lost or doubled or broken or verdict.differences)
        self.stdout.write("every promise holds" if ok else "a promise is broken")
        if not ok:
            sys.exit(1)
