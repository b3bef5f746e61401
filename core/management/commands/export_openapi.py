import json
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import translation
from drf_spectacular.generators import SchemaGenerator


class Command(BaseCommand):
    """In English whatever the machine's language, so that two exports differ only where the API does."""

    help = "Print the OpenAPI 3 document of the REST API as JSON."

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override("en"):
            schema = SchemaGenerator().get_schema(request=None, public=True)
        self.stdout.write(json.dumps(schema, ensure_ascii=False, indent=1))
