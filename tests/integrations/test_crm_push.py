import pytest

from core.models import Event
from integrations.services.crm_push import on_node
from oms.models import Order


def node(*, late):
    return Event(pk=1, payload={"order_id": 0, "node": "delivered", "carrier": "SF", "waybill_no": "W", "late": late})


@pytest.mark.django_db
def test_a_node_the_parcel_had_gone_past_is_told_to_nobody(settings):
    settings.CRM_URL = "http://crm.invalid/"
    on_node(node(late=True))
    with pytest.raises(Order.DoesNotExist):  # one that is news goes looking for its order
        on_node(node(late=False))
