"""The judge of the demonstrations must be able to say no."""

import threading
from random import Random
from types import SimpleNamespace

import pytest

from integrations.channels.mischief import Parcel
from integrations.channels.purchases import Message, MessageKind
from integrations.demo import audit, chaos
from integrations.demo.platforms import Trade

MESSAGE = Message(MessageKind.ORDER, "t", "T1", "d1", b'{"tid": 1}')
SHOP = SimpleNamespace(platform="taobao", code="s1")


@pytest.mark.django_db
def test_a_push_that_was_answered_and_is_not_here_is_forgotten():
    trade = Trade()
    trade.note(SHOP, [Parcel(MESSAGE)])
    assert len(audit.forgotten(trade)) == 1


def test_a_tampered_push_that_was_believed_is_told_and_hides_no_genuine_one():
    trade = Trade()
    trade.note(SHOP, [Parcel(MESSAGE), Parcel(MESSAGE, tampered=True)])
    assert (trade.believed, list(trade.acknowledged.values())) == (1, [True])


def test_a_saboteur_who_can_do_nothing_comes_to_an_end(monkeypatch, settings, tmp_path):
    settings.VAR_DIR = str(tmp_path)
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"
    monkeypatch.setattr(chaos, "READY_SECONDS", 0.0)
    monkeypatch.setattr(chaos.time, "sleep", lambda seconds: None)
    saboteur, sent = chaos.Saboteur("http://127.0.0.1:1", Random(1)), threading.Event()
    sent.set()
    enemy = threading.Thread(target=saboteur.rampage, args=(sent,), daemon=True)
    enemy.start()
    enemy.join(20)
    assert not enemy.is_alive()
    assert (saboteur.havoc.done, len(saboteur.havoc.trouble)) == ([], 5)
