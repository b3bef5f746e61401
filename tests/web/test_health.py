from unittest import mock

import pytest
from django.db import OperationalError, connection
from prometheus_client.parser import text_string_to_metric_families

from core.services import inbox


@pytest.fixture
def no_database():
    with mock.patch.object(connection, "cursor", side_effect=OperationalError("gone")):
        yield


def figures(client):
    families = text_string_to_metric_families(client.get("/metrics").content.decode())
    return {sample.name: sample.value for family in families for sample in family.samples}


def test_the_process_is_up_without_asking_anybody(client, django_assert_num_queries, db):
    with django_assert_num_queries(0):
        assert client.get("/livez").content == b"ok"


def test_ready_means_the_database_answers(client, db):
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["database"]) == (200, True)


def test_without_the_database_nothing_can_be_taken(client, db, no_database):
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["database"]) == (503, False)
    assert client.get("/livez").status_code == 200


def test_backlogs_and_the_process_are_measured(client, db):
    before = figures(client)["onerope_inbox_open"]
    inbox.store([inbox.Arrival("channel:standard:x", "d-1", b"{}", {})])
    after = figures(client)
    assert after["onerope_inbox_open"] == before + 1
    assert after["onerope_database_up"] == 1
    assert after["process_resident_memory_bytes"] > 0


def test_without_the_database_the_figures_say_so(client, db, no_database):
    after = figures(client)
    assert after["onerope_database_up"] == 0
    assert "onerope_inbox_open" not in after
