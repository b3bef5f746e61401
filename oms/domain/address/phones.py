"""The phone in a pasted receiver, and the numbers that only look like one."""

import re
from typing import NamedTuple

_MOBILE = re.compile(
    r"(?<![\d*])(?:\(?(?:\+|00)?86\)?[-\s]*)?(1[3-9][\d*](?:[-\s]?[\d*]{4}){2})(?![\d*])"
    r"(?:\s*(?:-\s*(\d{3,6})|[#转]\s*(\d{1,6}))(?!\d))?"
)
_LANDLINE = re.compile(
    r"(?<![\d*])((?:0\d{2,3}[-\s]?\d{7,8}|400[-\s]?\d{3,4}[-\s]?\d{3,4}))(?!\d)"
    r"(?:\s*(?:-\s*(\d{3,6})|[#转]\s*(\d{1,6}))(?!\d))?"
)
_LONG_RUN = re.compile(r"\d{12,}[Xx]?")
_IDENTITY = re.compile(r"(?<!\d)[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])\d{3}[\dXx](?!\d)")
_MOBILE_LAST = re.compile(r"1[3-9]\d{9}$")
_MOBILE_FIRST = re.compile(r"^1[3-9]\d{9}")
_APART = r"(?:(?<=[\s,;|])|^)"
_ZIP = re.compile(rf"{_APART}\d{{6}}(?=[\s,;。|]|$)")
_ORDER_NO = re.compile(rf"{_APART}\d{{8,}}(?=[\s,;。|]|$)")
_SOME_DIGITS = re.compile(r"(?:[\d*][-\s]?){7}")
CUT = "\x00"  # where the phone was


class Cut(NamedTuple):
    """`rest` has CUT where the phone was; order, identity and post codes are gone with it."""

    rest: str
    phone: str = ""
    extension: str = ""


def cut_phone(text: str) -> Cut:
    """Take the first mobile, else the first landline, out of normalised text; nothing else changes without one."""
    if not _SOME_DIGITS.search(text):
        return Cut(text)
    plain = _LONG_RUN.sub(_out_of_long_run, _IDENTITY.sub(" ", text))
    for pattern in (_MOBILE, _LANDLINE):
        if found := pattern.search(plain):
            rest = f"{plain[: found.start()]}{CUT}{plain[found.end() :]}"
            rest = _LANDLINE.sub(" ", _MOBILE.sub(" ", rest))
            rest = _ORDER_NO.sub("", _ZIP.sub("", rest))
            return Cut(rest, _digits(found.group(1), pattern), found.group(2) or found.group(3) or "")
    return Cut(text)


def _digits(number: str, pattern: re.Pattern[str]) -> str:
    return re.sub(r"[-\s]" if pattern is _MOBILE else r"\s", "", number)


def _out_of_long_run(run: re.Match[str]) -> str:
    """A room number glued to a phone (30115801691123); a longer run is an order number."""
    digits = run.group()
    if len(digits) <= 16:
        if mobile := _MOBILE_LAST.search(digits):
            return f"{digits[: mobile.start()]} {mobile.group()}"
        if mobile := _MOBILE_FIRST.search(digits):
            return f"{mobile.group()} {digits[mobile.end() :]}"
    return digits
