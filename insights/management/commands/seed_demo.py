from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from catalog.models import Shop
from insights.demo import data, seed


class Command(BaseCommand):
    help = "Fill an empty database with the demo business: shops, warehouses, SKUs, stock, rules, one login per role."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--if-empty", action="store_true", help="do nothing, quietly, when there is data")
        parser.add_argument("--stock", type=int, default=400, help="opening units per SKU and warehouse")

    def handle(self, *args: Any, **options: Any) -> None:
        if Shop.objects.exists():
            if not options["if_empty"]:
                raise CommandError("There is data already; run `make reset` first, or use --if-empty.")
            return
        seed.seed(stock_units=options["stock"])
        self.stdout.write(f"demo data written; logins {', '.join(role for role, _name in data.DEMO_USERS)}")
