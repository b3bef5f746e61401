"""Signatures against the platforms' published vectors, several live secrets, and time windows."""

import hashlib
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from integrations.channels.adapter import BadSignature, Push
from integrations.channels.douyin import signing as douyin
from integrations.channels.jd.signing import jos_sign
from integrations.channels.mischief import tamper
from integrations.channels.purchases import Sellable, invent
from integrations.channels.shopify import signing as shopify
from integrations.channels.signatures import sorted_pairs
from integrations.channels.standard import signing as standard
from integrations.channels.taobao import signing as taobao
from integrations.registry import CHANNELS, channel
from tests.factories.channels import SECRETS

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
PARAMS = {"foo": "1", "bar": "2", "foo_bar": "3", "foobar": "4"}  # sorts to bar2foo1foo_bar3foobar4
SPEC_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
SPEC_BODY = b'{"test": 2432232314}'
SPEC_ID, SPEC_STAMP = "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330
SPEC_SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        ("md5", "5AAF1C690262A24768F5478B084C2C8A"),
        ("hmac", "E687005F819D6F9E6ED085311C8ACC75"),
        ("hmac-sha256", "339676BF36C50A8BD3D8F6B4A81B2F9AA614B05BFCFEBEFC169CB830D6B77D3B"),
    ],
)
def test_top_vectors(method, expected):
    assert taobao.digest(sorted_pairs(PARAMS), "helloworld", method) == expected


def test_an_unknown_sign_method_is_no_signature():
    with pytest.raises(BadSignature):
        taobao.top_sign({**PARAMS, "sign_method": "none"}, "helloworld")


def test_a_pushed_body_is_signed_as_sent_after_the_parameters():
    body = '{"备注":"中文"}'.encode()
    expected = hashlib.md5(b"s3bar2foo1foo_bar3foobar4" + body + b"s3", usedforsecurity=False).hexdigest().upper()

    assert taobao.top_sign(PARAMS, "s3", body) == expected


def test_jos_is_md5_over_all_sorted_parameters():
    assert jos_sign(PARAMS, "helloworld") == "5AAF1C690262A24768F5478B084C2C8A"
    assert jos_sign({**PARAMS, "sign": "whatever", "empty": ""}, "helloworld") == "5AAF1C690262A24768F5478B084C2C8A"


def test_shopify_vector():
    push = Push(b"asdfghujkl", {shopify.HEADER: "vqS4Wq48Lxc7I/acRScQWhazjKvFzwkCGZRpS7Pm/JM="})

    shopify.verify(push, ["asdf5678"], NOW)


def _spec_push(signature=SPEC_SIGNATURE, stamp=str(SPEC_STAMP), **changes):
    headers = {"webhook-id": SPEC_ID, "webhook-timestamp": stamp, "webhook-signature": signature}
    return Push(SPEC_BODY, {name: value for name, value in (headers | changes).items() if value is not None})


SPEC_NOW = datetime.fromtimestamp(SPEC_STAMP, UTC)
WRONG = "v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc="


@pytest.mark.parametrize("secret", [SPEC_SECRET, SPEC_SECRET.removeprefix("whsec_")])
@pytest.mark.parametrize("signature", [SPEC_SIGNATURE, f"{WRONG} v2,{WRONG[3:]} {SPEC_SIGNATURE} {WRONG}"])
@pytest.mark.parametrize("shift", [0, 300, -300])
def test_standard_webhooks_vectors_that_hold(secret, signature, shift):
    standard.verify(_spec_push(signature), [secret], SPEC_NOW + timedelta(seconds=shift))


@pytest.mark.parametrize(
    ("push", "shift", "code"),
    [
        (_spec_push("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OA="), 0, "signature_mismatch"),
        (_spec_push("v1,dawfeoifkpqwoekfpqoekf"), 0, "signature_mismatch"),
        (_spec_push("v1,g0hM9"), 0, "signature_mismatch"),
        (_spec_push("v1,"), 0, "signature_mismatch"),
        (_spec_push(SPEC_SIGNATURE.replace("v1,", "v2,")), 0, "signature_mismatch"),
        (_spec_push(stamp="hello"), 0, "timestamp_missing"),
        (_spec_push(), 301, "timestamp_out_of_window"),
        (_spec_push(), -301, "timestamp_out_of_window"),
        (_spec_push(**{"webhook-id": None}), 0, "signature_missing"),
        (_spec_push(**{"webhook-timestamp": None}), 0, "signature_missing"),
        (_spec_push(**{"webhook-signature": None}), 0, "signature_missing"),
    ],
)
def test_standard_webhooks_vectors_that_do_not_hold(push, shift, code):
    with pytest.raises(BadSignature) as refused:
        standard.verify(push, [SPEC_SECRET], SPEC_NOW + timedelta(seconds=shift))

    assert refused.value.code == code


def test_standard_webhooks_agrees_with_the_reference_library():
    from standardwebhooks import Webhook

    ours = standard.standard_sign("msg_1", SPEC_STAMP, b"{}", SPEC_SECRET)

    assert ours == Webhook(SPEC_SECRET).sign("msg_1", SPEC_NOW, "{}")


@pytest.mark.parametrize("secret", ["whsec_", "whsec_***", ""])
def test_a_secret_that_is_none_matches_nothing(secret):
    with pytest.raises(BadSignature) as refused:
        standard.verify(_spec_push(), [secret], SPEC_NOW)

    assert refused.value.code == "no_secret"


def _signed(platform, secret=None, now=NOW):
    adapter = channel(platform)
    purchase = invent(Random(7), [Sellable("A-1", "1001", "茶杯", 1990)], NOW)
    return adapter, adapter.sign(adapter.render(purchase), secret or SECRETS[platform], now)


@pytest.mark.parametrize("platform", sorted(CHANNELS))
def test_what_a_platform_signs_its_hook_accepts(platform):
    adapter, push = _signed(platform)

    adapter.verify(push, [SECRETS[platform]], NOW)


@pytest.mark.parametrize("platform", sorted(CHANNELS))
def test_an_old_secret_still_opens_while_a_rotation_is_under_way(platform):
    adapter, push = _signed(platform)
    other = SPEC_SECRET if platform == "standard" else "newer"

    adapter.verify(push, [other, SECRETS[platform]], NOW)
    with pytest.raises(BadSignature):
        adapter.verify(push, [other], NOW)


@pytest.mark.parametrize("platform", sorted(CHANNELS))
@pytest.mark.parametrize("secrets", [[], [""]])
def test_a_shop_without_secrets_lets_nothing_in(platform, secrets):
    adapter, push = _signed(platform)

    with pytest.raises(BadSignature) as refused:
        adapter.verify(push, secrets, NOW)

    assert refused.value.code == "no_secret"


@pytest.mark.parametrize("platform", sorted(CHANNELS))
def test_one_changed_digit_is_noticed(platform):
    adapter, push = _signed(platform)
    changed = Push(tamper(push.body), push.headers, push.query)

    assert changed.body != push.body
    with pytest.raises(BadSignature) as refused:
        adapter.verify(changed, [SECRETS[platform]], NOW)

    assert refused.value.code == "signature_mismatch"


@pytest.mark.parametrize("platform", sorted(CHANNELS))
def test_a_push_without_any_signature_is_refused(platform):
    adapter, push = _signed(platform)

    with pytest.raises(BadSignature) as refused:
        adapter.verify(Push(push.body), [SECRETS[platform]], NOW)

    assert refused.value.code == "signature_missing"


@pytest.mark.parametrize(("platform", "minutes"), [("taobao", 10), ("jd", 6), ("standard", 5)])
def test_a_stale_timestamp_is_refused_at_the_edge_of_its_window(platform, minutes):
    adapter, push = _signed(platform)
    edge = timedelta(minutes=minutes)

    adapter.verify(push, [SECRETS[platform]], NOW + edge)
    adapter.verify(push, [SECRETS[platform]], NOW - edge)
    for late in (edge + timedelta(seconds=1), -edge - timedelta(seconds=1)):
        with pytest.raises(BadSignature) as refused:
            adapter.verify(push, [SECRETS[platform]], NOW + late)
        assert refused.value.code == "timestamp_out_of_window"


@pytest.mark.parametrize("platform", ["taobao", "jd"])
def test_a_re_timed_replay_no_longer_fits_its_signature(platform):
    adapter, push = _signed(platform)
    later = NOW + timedelta(hours=1)
    retimed = Push(push.body, push.headers, {**push.query, "timestamp": taobao.format_time(later)})

    with pytest.raises(BadSignature) as refused:
        adapter.verify(retimed, [SECRETS[platform]], later)

    assert refused.value.code == "signature_mismatch"


AT = "2026-11-23 16:00:00"
QIMEN = {"app_key": "23000000", "method": "qimen.x", "timestamp": AT}
MESSAGES = rb'[{"tag":"101","msg_id":"m1","data":"{\"p_id\":4781320682406083640}"}]'
# signatures computed with `openssl dgst` from the documented rules
VECTORS = [
    ("taobao", Push(b'{"tid":1}', query=QIMEN | {"sign": "FDB1EF0196FBFF37408F634ECCD1D0A3"}), "secret"),
    (
        "taobao",
        Push(b'{"tid":1}', query=QIMEN | {"sign_method": "hmac", "sign": "C205C23D73FD173C9117A219BB938BBF"}),
        "secret",
    ),
    (
        "taobao",
        Push(
            b'{"tid":1}',
            query=QIMEN
            | {
                "sign_method": "hmac-sha256",
                "sign": "7D780AA824AD1DFCCA0DAF4BA6E2FC8EA0131ABE519ADCEE4B41BAD483092A41",
            },
        ),
        "secret",
    ),
    (
        "jd",
        Push(
            b'{"orderId":"1"}',
            query={"app_key": "JD", "method": "jd_order_pay", "v": "2.0", "timestamp": AT}
            | {"sign": "506E7135BEE6D909D00E8EDF017FB373"},
        ),
        "secret",
    ),
    (
        "woocommerce",
        Push(b'{"id":1}', {"x-wc-webhook-signature": "Lcc9Yf2U6zbkFFL44wuL0uEJMTo4Q8mC5iIG3KWCtLA="}),
        "shhh",
    ),
    (
        "douyin",
        Push(MESSAGES, {"app-id": "7000", "event-sign": "312be9b12f279dff2612ebaef771352b"}),
        "secret",
    ),
    (
        "douyin",
        Push(
            MESSAGES,
            {
                "app-id": "7000",
                "sign-method": "hmac-sha256",
                "event-sign": "ea8f8f13833102befd9a3856571544c9b5fa365cc42e82ad8b0ce17214eaf5ca",
            },
        ),
        "secret",
    ),
]


@pytest.mark.parametrize(("platform", "push", "secret"), VECTORS)
def test_pushes_signed_by_somebody_elses_arithmetic_are_let_in(platform, push, secret):
    channel(platform).verify(push, ["another", secret], NOW)
    with pytest.raises(BadSignature):
        channel(platform).verify(Push(push.body + b" ", push.headers, push.query), [secret], NOW)


def test_a_douyin_call_is_signed_as_somebody_else_would():
    params = {
        "app_key": "7000",
        "method": "order.logisticsAdd",
        "param_json": '{"company_code":"shunfeng","logistics_code":"SF1","order_id":"4781"}',
        "timestamp": AT,
        "v": "2",
    }
    expected = "845949bee46cb33e379004af8b24e0a71572e6ea7d45eb4038c8422f25df2cb6"
    assert douyin.call_sign(params, "secret") == expected
