"""Bytes nobody could read are shown by their shape: whatever they say of a person stays hidden."""

import json
from urllib.parse import urlencode

from hypothesis import given
from hypothesis import strategies as st

from core.domain.shapes import said, shape, shown

SECRETS = (
    "王小明", "13800138000", "科技园路1号", "Wang Xiaoming", "a.b@mail.example", "tok_live_9f8e7d",
    "440305199901011234",
)  # fmt: skip
TELLING = ("name", "receiver_mobile", "note", "token", "access_token", "id", "x", "address1", *SECRETS[:3])
PLAIN = ("status", "total", "tid")


def hidden(page):
    return not any(secret in page for secret in SECRETS)


def bodies(keys):
    """JSON of any depth, also inside strings, in which every value is a secret."""
    leaves = st.sampled_from(SECRETS) | st.just(13800138000) | st.none()
    return st.recursive(
        leaves,
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(keys), inner, max_size=4)
            | inner.map(lambda one: json.dumps(one, ensure_ascii=False))
        ),
        max_leaves=12,
    )


@given(person=bodies(TELLING + PLAIN), rest=bodies(TELLING), cut=st.integers(0, 400), ascii_only=st.booleans())
def test_no_name_phone_address_or_token_is_shown_wherever_it_stands(person, rest, cut, ascii_only):
    text = json.dumps({"receiver": person, "memo": rest}, ensure_ascii=ascii_only)
    assert hidden(shown(text.encode()))
    assert hidden(shown(text.encode()[:cut])), "cut off in the middle it is no JSON any more"
    assert hidden(shown(text.encode("gbk", "replace")))


@given(st.dictionaries(st.sampled_from(["name", "receiver_mobile", "token", "address1"]), st.sampled_from(SECRETS)))
def test_a_form_is_shown_like_json(fields):
    assert hidden(shown(urlencode(fields).encode()))


def test_what_helps_to_mend_it_is_shown():
    body = {
        "tid": "2026111100012", "status": "WAIT_SELLER_SEND_GOODS", "payment": "12.50", "receiver_name": "王小明",
        "receiver": {"type": "X1", "mobile": 13800138000}, "inner": json.dumps({"tid": "7", "buyer_nick": "小明"}),
    }  # fmt: skip
    page = shown(json.dumps(body).encode())
    for part in ("2026111100012", "WAIT_SELLER_SEND_GOODS", "12.50", '"receiver_name": "文文文"', '"tid": "7"'):
        assert part in page
    assert '"type": "x0"' in page and "00000000000" in page
    assert shown(b'{"tid": "1", "name": "\xe7\x8e\x8b') == '{"tid": "0", "name": "文'
    assert "\ufffd" in shown(b"\xff\xfe")


def test_even_a_plain_key_does_not_show_a_phone():
    assert "13800138000" not in shown(b'{"status": "13800138000", "order_no": "+8613800138000"}')


def test_an_errors_words_stay_and_what_it_quotes_does_not():
    told = said("line 3: quantity 'Wang 12' of 王小明 13800138000 is impossible")
    assert told == "line 3: quantity 'xxxx 00' of 文文文 00000000000 is impossible"
    assert shape("张三-A1") == "文文-x0"
