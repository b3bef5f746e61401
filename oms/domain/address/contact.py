"""Who and which phone, cut out of a pasted receiver; what is left is the address."""

import re
from dataclasses import dataclass

from oms.domain.address.persons import find_name, name_at_end, name_at_start

_LABELS = {
    "name": "收货人姓名|收件人姓名|收货人|收件人|联系人|收 ?货 ?人|收 ?件 ?人|姓 ?名|名字",
    "phone": "联系电话|联系方式|手机号码|电话号码|手机号|手 ?机|电 ?话|移动电话|号码|Tel|TEL|tel",
    "region": "所在地区|所在区域|省市区|地区|区域|省份",
    "detail": "详细地址|收货地址|收件地址|街道地址|联系地址|家庭地址|邮寄地址|地 ?址|详细",
    "drop": "邮政编码|邮编|身份证号码|身份证号|身份证|订单编号|订单号|单号|备注|留言",
}
_LABEL = re.compile("|".join(rf"(?P<{field}>{words})" for field, words in _LABELS.items()))
_LABELLED = re.compile(
    rf"(?:^|(?<=[\s,，;；。|/]))(?:{'|'.join(_LABELS.values())})\s*[:：]\s*|(?:{'|'.join(_LABELS.values())})\s*[:：]\s*"
)
_MOBILE = re.compile(
    r"(?<![\d*])(?:(?:\+|00)?86[-\s]*)?(1[3-9][\d*](?:[-\s]?[\d*]{4}){2})(?![\d*])(?:\s*(?:[-#]|转)\s*(\d{1,6})(?!\d))?"
)
_LANDLINE = re.compile(
    r"(?<!\d)((?:0\d{2,3}[-\s]?\d{7,8}|400[-\s]?\d{3,4}[-\s]?\d{3,4}))(?!\d)(?:\s*(?:[-#]|转)\s*(\d{1,6})(?!\d))?"
)
_LONG_RUN = re.compile(r"\d{12,}[\dXx]?")
_IDENTITY = re.compile(r"(?<!\d)[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])\d{3}[\dXx](?!\d)")
_AT_END_MOBILE = re.compile(r"1[3-9]\d{9}$")
_AT_START_MOBILE = re.compile(r"^1[3-9]\d{9}")
_ZIP = re.compile(r"(?:(?<=[\s,，;；])|^)\d{6}(?=[\s,，;；。]|$)")
_ORDER_NO = re.compile(r"(?:(?<=[\s,，;；])|^)\d{8,}(?=[\s,，;；。]|$)")
_DIGITS = re.compile(r"\d{3}")
SPLIT = re.compile(r"[\s,，;；|]+")
CUT = "\x00"  # where a phone was


@dataclass(frozen=True, slots=True)
class Contact:
    """What a paste says of the receiver; `address` is the rest, regions before details."""

    address: str
    name: str = ""
    phone: str = ""
    extension: str = ""


def split_contact(text: str) -> Contact:
    """Cut name and phone out of normalised text."""
    if _LABEL.search(text) and (marks := list(_LABELLED.finditer(text))):
        return _labelled(text, marks)
    rest, phone, extension = _cut_phone(text)
    if not phone and not SPLIT.search(rest.strip()):
        return Contact(text.strip())
    name, address = _cut_name(rest, bool(phone))
    return Contact(address if name or phone else text.strip(), name, phone, extension)


def _labelled(text: str, marks: list[re.Match[str]]) -> Contact:
    """`收货人: … 电话: … 地址: …` in any order; text before the first label counts as address."""
    fields: dict[str, str] = {}
    loose = text[: marks[0].start()]
    for mark, following in zip(marks, [*marks[1:], None], strict=True):
        end = following.start() if following else len(text)
        label = _LABEL.search(mark.group())
        assert label is not None
        value = text[mark.end() : end].strip(" \n\t,，;；。、|/")
        field = str(label.lastgroup)
        fields[field] = f"{fields.get(field, '')} {value}".strip()
    rest, phone, extension = _cut_phone(fields.get("phone", ""))
    name = fields.get("name", "")
    address = " ".join(filter(None, (loose.strip(), fields.get("region"), fields.get("detail"))))
    spill = rest.replace(CUT, " ").strip()
    if "name" in fields and (cut := _cut_phone(name)) and cut[1]:
        phone, extension = phone or cut[1], extension or cut[2]
        name, more = (cut[0].split(CUT, 1) + [""])[:2]
        spill = f"{spill} {more}".strip()
    if not address or not name:
        inner, found, tail = _cut_phone(f"{address} {spill}".strip())
        phone, extension = phone or found, extension or tail
        guess, address = _cut_name(inner, True) if not name else ("", inner.replace(CUT, " ").strip())
        name = name or guess
    if " " in name.strip() and len(parts := name.split()) > 1:
        name = find_name(parts) or parts[0]
        address = address or " ".join(part for part in parts if part != name)
    return Contact(address, name.strip(" ,，;；。"), phone, extension)


def _cut_phone(text: str) -> tuple[str, str, str]:
    """`(rest with CUT where the phone was, phone, extension)`; identity and order numbers go with it."""
    if not _DIGITS.search(text):
        return text, "", ""
    text = _IDENTITY.sub(" ", text)
    text = _LONG_RUN.sub(_out_of_long_run, text)
    for pattern in (_MOBILE, _LANDLINE):
        if found := pattern.search(text):
            phone = re.sub(r"[-\s]", "", found.group(1)) if pattern is _MOBILE else re.sub(r"\s", "", found.group(1))
            rest = f"{text[: found.start()]}{CUT}{text[found.end() :]}"
            rest = _ORDER_NO.sub("", _ZIP.sub("", _MOBILE.sub(" ", rest)))
            return rest, phone, found.group(2) or ""
    return text, "", ""


def _out_of_long_run(run: re.Match[str]) -> str:
    """A room number glued to a phone (30115801691123); a run that is neither is an order number."""
    digits = run.group()
    if len(digits) <= 16:
        if mobile := _AT_END_MOBILE.search(digits):
            return f"{digits[: mobile.start()]} {mobile.group()}"
        if mobile := _AT_START_MOBILE.search(digits):
            return f"{mobile.group()} {digits[mobile.end() :]}"
    return digits


def _cut_name(rest: str, phoned: bool) -> tuple[str, str]:
    """`(name, address)` out of text whose phone is cut; a name may stand apart or be glued to the phone's place."""
    before, _, after = rest.partition(CUT)
    parts = [part for part in SPLIT.split(rest.replace(CUT, " ")) if part.strip("。.、-")]
    if len(parts) > 1 and (name := find_name(parts, sure=phoned)):
        at = len(parts) - 1 - parts[::-1].index(name) if parts[0] != name else 0
        return name, " ".join(part for i, part in enumerate(parts) if i != at)
    if phoned and before.strip() and (found := name_at_end(before.strip(" ,，;；。"))):
        return found, f"{before.strip(' ,，;；。')[: -len(found)]} {after}".strip(" ,，;；")
    if phoned and after.strip() and (found := name_at_start(after.strip(" ,，;；。"))):
        return found, f"{before} {after.strip(' ,，;；。')[len(found) :]}".strip(" ,，;；")
    return "", " ".join(parts)
