import pytest
from cryptography.exceptions import InvalidTag
from django.db import connection

from core.errors import NotFound
from core.models import AuditEntry, Sealed
from core.services import vault

PERSON = {"name": "王小明", "phone": "13812345678"}


@pytest.mark.django_db
def test_what_is_sealed_opens_again_and_nothing_lies_in_clear():
    [record_id] = vault.seal([(PERSON, [vault.tag("phone", "13812345678")])])
    assert vault.unseal([record_id]) == {record_id: PERSON}
    with connection.cursor() as cursor:
        cursor.execute("SELECT encode(ciphertext, 'escape') || array_to_string(tags, ',') FROM core_sealed")
        stored = cursor.fetchone()[0]
    assert "13812345678" not in stored
    assert "phone" not in stored.split("phone:")[0]


@pytest.mark.django_db
def test_equal_values_share_a_tag_and_kinds_do_not():
    assert vault.tag("phone", "1") == vault.tag("phone", "1") != vault.tag("phone", "2")
    assert vault.tag("phone", "1").split(":")[1] != vault.tag("buyer", "1").split(":")[1]
    assert vault.tag("phone", "") == ""
    [record_id] = vault.seal([(PERSON, [vault.tag("phone", "1"), ""])])
    assert vault.find([vault.tag("phone", "1")]) == [record_id]


@pytest.mark.django_db
def test_ciphertext_moved_to_another_row_does_not_open():
    first, second = vault.seal([(PERSON, []), ({"name": "李"}, [])])
    Sealed.objects.filter(id=second).update(ciphertext=bytes(Sealed.objects.get(id=first).ciphertext))
    with pytest.raises(InvalidTag):
        vault.unseal([second])


@pytest.mark.django_db
def test_old_records_open_and_tags_hold_after_a_key_rotation(settings):
    settings.VAULT_KEYS = {"old": b"o" * 32}
    [record_id] = vault.seal([(PERSON, [])])
    tag = vault.tag("phone", "1")
    settings.VAULT_KEYS = {"new": b"n" * 32, "old": b"o" * 32}
    assert vault.unseal([record_id])[record_id] == PERSON
    assert Sealed.objects.get(id__in=vault.seal([(PERSON, [])])).key_id == "new"
    assert vault.tag("phone", "1") == tag


@pytest.mark.django_db
def test_a_reveal_is_audited_and_a_shredded_record_is_gone():
    [record_id] = vault.seal([(PERSON, [])])
    assert vault.reveal(record_id, target="oms.order:1", reason="call the buyer") == PERSON
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.target, entry.reason) == ("vault.reveal", "oms.order:1", "call the buyer")
    Sealed.objects.all().delete()
    with pytest.raises(NotFound):
        vault.reveal(record_id, target="oms.order:1", reason="again")
