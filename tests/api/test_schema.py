"""The API's own description: complete, without a warning, and true under fire from it."""

import json
from io import StringIO
from uuid import uuid4

import pytest
import schemathesis
from django.core.management import call_command
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import booleans
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import response_schema_conformance, status_code_conformance

from aftersales.models import Ticket
from aftersales.services import tickets
from catalog.models import Sku
from config.wsgi import application
from fulfillment.models import Parcel
from inventory.models import Stock
from oms.models import Order

CHECKS = [not_a_server_error, response_schema_conformance, status_code_conformance]


def document():
    out = StringIO()
    call_command("export_openapi", stdout=out)
    return json.loads(out.getvalue())


def test_the_document_is_valid_and_warns_of_nothing(db):
    call_command("spectacular", validate=True, fail_on_warn=True, stdout=StringIO())


def test_every_address_of_the_api_is_in_the_document(db):
    from config.api import router

    described = document()["paths"]
    for prefix, _view, _name in router.registry:
        assert {f"/api/v1/{prefix}/", f"/api/v1/{prefix}/{{id}}/"} <= set(described)


def test_every_write_asks_for_its_key_and_every_operation_knows_the_error_shape(db):
    for path, operations in document()["paths"].items():
        for method, operation in operations.items():
            names = {parameter["name"] for parameter in operation.get("parameters", ())}
            assert ("Idempotency-Key" in names) == (method != "get"), path
            assert operation["responses"]["default"]["content"]["application/json"], path


def test_the_document_does_not_depend_on_the_language(db):
    from django.utils import translation

    first = document()
    with translation.override("zh-hans"):
        assert document() == first


def test_strangers_read_the_document_and_the_explorer(client, db):
    assert client.get("/api/v1/schema/").status_code == 200
    page = client.get("/api/v1/docs/")
    assert page.status_code == 200
    assert "cdn" not in page.content.decode()


@pytest.fixture
def busy(floor):
    """Something behind every address."""
    floor.sku("A", near=9)
    for no in ("T1", "T2"):
        floor.sell(no, ("A", 1, 500))
    floor.ship("T1", "T2")
    floor.sell("T3", ("A", 1, 500))
    tickets.open_ticket(kind="other", title="t", order_id=floor.get("T1").pk)
    return floor


@pytest.fixture
def kept_connection():
    """The end of a request would close the connection that the test's transaction is open on."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


# Two orders of one receiver that nobody has cancelled yet: `tests/oms/test_merging.py` does these.
NEED_COMPANY = {"POST /api/v1/orders/{id}/merge/", "POST /api/v1/orders/{id}/unmerge/"}

QUICK = settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def under_fire(operation, here, secret, answered):
    """Call one operation as generated, every other time on the row `here`; note the statuses in `answered`."""

    @QUICK
    @given(case=operation.as_strategy(), hit=booleans())
    def attack(case, hit):
        if hit and case.path_parameters:
            case.path_parameters["id"] = here
        response = case.call(headers={"Authorization": f"Token {secret}", "Idempotency-Key": uuid4().hex})
        answered.add((operation.label, response.status_code))
        case.validate_response(response, checks=CHECKS)

    attack()


@pytest.mark.parametrize("role", ["", "admin"])
def test_nothing_that_the_document_allows_breaks_the_api(busy, kept_connection, token, role):
    """Generated calls to every operation, as somebody who may do nothing and as somebody who may do everything."""
    schema = schemathesis.openapi.from_dict(document())
    schema.app = application
    there = {"orders": Order, "shipments": Parcel, "skus": Sku, "stock": Stock, "tickets": Ticket}
    ids = {f"/api/v1/{name}/": model.objects.latest("pk").pk for name, model in there.items()}
    secret, answered = token(role), set()
    operations = [result.ok() for result in schema.get_all_operations()]
    for operation in operations:
        here = next(pk for prefix, pk in ids.items() if operation.path.startswith(prefix))
        under_fire(operation, here, secret, answered)
    if role:
        done = {label for label, status in answered if status < 300}
        assert done == {operation.label for operation in operations} - NEED_COMPANY
    else:
        assert {status for _label, status in answered} <= {400, 403}
