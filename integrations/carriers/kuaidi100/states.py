"""快递100's state table (api.kuaidi100.com/document/5f0ffb5ebc8da837cbd8aefc): state and statusCode share it.

With `resultv2` of 4 or more the parcel's `state` may itself be a three- or four-digit code.
"""

from fulfillment.domain.carriage import TrackStatus

# code -> (their word, ours)
STATES = {
    "0": ("在途", TrackStatus.IN_TRANSIT),
    "1001": ("到达派件城市", TrackStatus.IN_TRANSIT),
    "1002": ("干线", TrackStatus.IN_TRANSIT),
    "1003": ("转递", TrackStatus.IN_TRANSIT),
    "1": ("揽收", TrackStatus.PICKED_UP),
    "101": ("已下单", TrackStatus.CREATED),
    "102": ("待揽收", TrackStatus.CREATED),
    "103": ("已揽收", TrackStatus.PICKED_UP),
    "2": ("疑难", TrackStatus.EXCEPTION),
    "201": ("超时未签收", TrackStatus.EXCEPTION),
    "202": ("超时未更新", TrackStatus.EXCEPTION),
    "203": ("拒收", TrackStatus.EXCEPTION),
    "204": ("派件异常", TrackStatus.EXCEPTION),
    "205": ("柜或驿站超时未取", TrackStatus.EXCEPTION),
    "206": ("无法联系", TrackStatus.EXCEPTION),
    "207": ("超区", TrackStatus.EXCEPTION),
    "208": ("滞留", TrackStatus.EXCEPTION),
    "209": ("破损", TrackStatus.EXCEPTION),
    "210": ("销单", TrackStatus.EXCEPTION),
    "3": ("签收", TrackStatus.DELIVERED),
    "301": ("本人签收", TrackStatus.DELIVERED),
    "302": ("派件异常后签收", TrackStatus.DELIVERED),
    "303": ("代签", TrackStatus.DELIVERED),
    "304": ("投柜或站签收", TrackStatus.DELIVERED),
    "4": ("退签", TrackStatus.RETURNED),
    "401": ("已销单", TrackStatus.EXCEPTION),
    "14": ("拒签", TrackStatus.EXCEPTION),
    "5": ("派件", TrackStatus.OUT_FOR_DELIVERY),
    "501": ("投柜或驿站", TrackStatus.AT_LOCKER),
    "6": ("退回", TrackStatus.RETURNING),
    "7": ("转投", TrackStatus.IN_TRANSIT),
    "8": ("清关", TrackStatus.IN_TRANSIT),
    "10": ("待清关", TrackStatus.IN_TRANSIT),
    "11": ("清关中", TrackStatus.IN_TRANSIT),
    "12": ("已清关", TrackStatus.IN_TRANSIT),
    "13": ("清关异常", TrackStatus.EXCEPTION),
}
_BY_WORD = {word: code for code, (word, _status) in STATES.items()}
_CUSTOMS = ("10", "11", "12", "13")


def status(code: str) -> TrackStatus:
    return STATES[code][1] if code in STATES else TrackStatus.UNKNOWN


def code_of(word: str) -> str:
    """The code behind a node's `status` text, "" for a word that is not in the table."""
    return _BY_WORD.get(word, "")


def family(code: str) -> str:
    """The basic state a code belongs to: 1002 → 0, 304 → 3, 14 → 4, 13 → 8."""
    if code in _CUSTOMS:
        return "8"
    if code == "14":
        return "4"
    if len(code) == 4:
        return "0"
    return code[:1] if len(code) == 3 else code
