"""The order's story tells each version of it, and which one won."""

from datetime import timedelta

from django.utils import translation

from core.models import Event
from oms.selectors.timeline import told
from tests.oms.trade import AT


def test_the_timeline_names_each_version_and_the_winner(trade):
    trade.sku("A", near=5)
    trade.take(trade.order("T1", ("A", 1, 500)))
    trade.take(trade.order("T1", ("A", 1, 500), minutes=9, buyer_note="急"))
    trade.take(trade.order("T1", ("A", 3, 1500), minutes=5))
    trade.take(trade.order("T1", ("A", 1, 500), minutes=11, buyer_note="急"))

    with translation.override("en"):
        story = [(line.text, line.detail) for line in told(Event.objects.filter(stream__startswith="oms.order:"))]

    made, changed, late, again = (f"version of {_shown(minutes)}" for minutes in (0, 9, 5, 11))
    assert story == [
        ("Order received", f"1 lines · {made}"),
        ("The platform sent a newer version", f"buyer's note · {changed}"),
        ("An older version came late and was ignored", f"{late} lost to {changed}"),
        ("The platform sent the version in force again", again),
    ]


def _shown(minutes):
    return (AT + timedelta(hours=8, minutes=minutes)).strftime("%m-%d %H:%M:%S")
