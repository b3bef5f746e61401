import time
from random import Random
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import OperationalError

from core.embedded.errors import StackError
from integrations.demo.crew import Crew
from integrations.demo.outside import Outside
from integrations.demo.platforms import Platforms
from integrations.services.trial_orders import web_url
from oms.models import Order

ENOUGH_OPEN = 400  # nobody has to scroll through an avalanche


class Command(BaseCommand):
    help = "A trickle of demo orders and a crew that works them off, until stopped."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--pause", type=float, default=4.0, help="seconds between two rounds")

    def handle(self, *args: Any, **options: Any) -> None:
        rng = Random()
        outside = Outside()
        outside.prepare()
        platforms, crew = Platforms(web_url(), rng, outside.know_orders), Crew(rng)
        while True:
            try:
                if Order.objects.exclude(status__in=["completed", "cancelled"]).count() < ENOUGH_OPEN:
                    platforms.order(1)
                crew.work(most=4)
            except (OperationalError, StackError, OSError) as exc:
                self.stderr.write(f"pausing: {exc}")
            time.sleep(options["pause"] * rng.uniform(0.5, 1.5))
