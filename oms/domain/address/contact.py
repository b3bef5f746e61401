"""Who and which phone, cut out of a pasted receiver; what is left is the address."""

import re
from dataclasses import dataclass

from oms.domain.address.persons import find_name, name_at_end, name_at_start, stands_for_name
from oms.domain.address.phones import CUT, cut_phone

_WORDS = {
    "name": "收货人姓名|收件人姓名|收货人|收件人|联系人|收 ?货 ?人|收 ?件 ?人|姓 ?名|名字|T[Oo](?![A-Za-z])",
    "phone": "联系电话|联系方式|手机号码|电话号码|手机号|手 ?机|移动电话|电 ?话|号码|Tel|TEL|tel",
    "region": "所在地区|所在区域|省市区|地区|区域|省份",
    "detail": "详细地址|收货地址|收件地址|街道地址|联系地址|家庭地址|邮寄地址|地 ?址|详细|寄(?:到|往|至)?",
    "drop": "邮政编码|邮编|身份证号码|身份证号|身份证|订单编号|订单号|单号|备注|留言",
}
_FIELDS = "|".join(f"(?P<{field}>{words})" for field, words in _WORDS.items())
_ANY_LABEL = re.compile("|".join(_WORDS.values()))
_WITH_COLON = re.compile(rf"【?\s*(?:{_FIELDS})\s*(?:】\s*:?|:)\s*")
# Labels without a colon count when two of them open a part of the text: 收件人张三 电话139… 地址…
_AT_PART = re.compile(rf"(?:^|(?<=[\s,;|]))(?:{_FIELDS})\s*:?\s*")
# … or when each opens what it must: 手机139…收件人张三地址…
_GLUED = re.compile(
    r"(?P<phone>(?:联系)?电话|手机号?码?|联系方式)(?=\s*\(?\+?\d)|(?P<name>收件人|收货人|联系人|姓名)(?=[\u4e00-\u9fffA-Za-z])|"
    r"(?P<detail>(?:收货|收件|详细|邮寄|家庭)?地址)(?=[\u4e00-\u9fff])"
)
_FOR = re.compile(r"\(([\u4e00-\u9fff*·]{2,12}|[A-Za-z .]{2,20})收\)")  # (张三收)
_RECEIVES = re.compile(r"\(收(?:件|货)?\)")
_IN_BRACKETS = re.compile(rf"[(\[【]([^()\[\]【】]*{CUT}[^()\[\]【】]*)[)\]】]")
_AROUND_CUT = re.compile(rf"[-—_/]*{CUT}[-—_/]*")
_NUMBERED = re.compile(r"^\d{1,2}[.、)]\s*(?=[\u4e00-\u9fffA-Za-z])")
_PARTS = re.compile(r"(?:[,;|\n\t【】\[\]]|(?<![A-Za-z]) +| +(?![A-Za-z]))+")  # a foreign name stays in one piece
_LATIN_END = re.compile(r"[A-Z][a-z]+(?: [A-Z][a-z]+){0,2}$")
_EDGE = " \t\n,;。、|/-"


@dataclass(frozen=True, slots=True)
class Contact:
    """What a paste says of the receiver; `address` is the rest, regions before details."""

    address: str
    name: str = ""
    phone: str = ""
    extension: str = ""


def split_contact(text: str) -> Contact:
    """Cut name and phone out of normalised text."""
    text = text.strip()
    if _ANY_LABEL.search(text):
        marks = list(_WITH_COLON.finditer(text))
        if not marks and len(bare := list(_AT_PART.finditer(text))) > 1:
            marks = bare
        if len({mark.lastgroup for mark in marks}) < 2 and len(glued := list(_GLUED.finditer(text))) > 2:
            marks = glued
        if marks:
            return _labelled(text, marks)
    cut = cut_phone(text)
    if not cut.phone and not _PARTS.search(text):
        return Contact(text)
    name, address = _cut_name(cut.rest, bool(cut.phone))
    return Contact(address if name or cut.phone else text, name, cut.phone, cut.extension)


def _labelled(text: str, marks: list[re.Match[str]]) -> Contact:
    """`收货人: … 电话: … 地址: …` in any order; text before the first label counts as address."""
    fields: dict[str, str] = {"loose": text[: marks[0].start()].strip(_EDGE)}
    for mark, following in zip(marks, [*marks[1:], None], strict=True):
        value = text[mark.end() : following.start() if following else len(text)].strip(_EDGE)
        field = str(mark.lastgroup)
        fields[field] = f"{fields.get(field, '')} {value}".strip()
    phone = cut_phone(fields.get("phone", ""))
    named = cut_phone(fields.get("name", ""))  # 收件人: 张三 13900000000 浙江省…
    parts = _PARTS.split(_loosen(named.rest).replace(CUT, " ").strip(_EDGE))
    name, extra = _first_person(parts)
    address = " ".join(filter(None, (fields["loose"], fields.get("region"), fields.get("detail"), extra)))
    spill = _loosen(phone.rest).replace(CUT, " ").strip(_EDGE)
    if name and (phone.phone or named.phone):
        told = phone if phone.phone else named
        return Contact(address or spill, name, told.phone, told.extension)
    inner = cut_phone(f"{address} {spill}".strip())
    told = next((cut for cut in (phone, named, inner) if cut.phone), inner)
    guess, rest = ("", inner.rest.replace(CUT, " ").strip()) if name else _cut_name(inner.rest, bool(told.phone))
    return Contact(rest, name or guess, told.phone, told.extension)


def _loosen(rest: str) -> str:
    """Without the brackets and dashes that held the phone."""
    return _AROUND_CUT.sub(CUT, _IN_BRACKETS.sub(r" \1 ", rest)) if CUT in rest else rest


def _beside_phone(rest: str, parts: list[str]) -> tuple[int, str] | None:
    """A part right before or after the phone that may be a name without a surname."""
    for half, end in zip(rest.split(CUT, 1), (-1, 0), strict=True):
        near = [part for part in _PARTS.split(half) if part]
        if near and near[end] in parts and stands_for_name(near[end]):
            return parts.index(near[end]), near[end]
    return None


def _is_noise(part: str) -> bool:
    return part in {"收", "谢谢", "多谢", "感谢", "麻烦了"} or bool(_ANY_LABEL.fullmatch(part))


def _first_person(parts: list[str]) -> tuple[str, str]:
    """The name among the words after a name label, and what else stood there."""
    if len(parts) == 1:
        return parts[0], ""
    at, name = find_name(parts, sure=True) or (0, parts[0])
    return name, " ".join(part for i, part in enumerate(parts) if i != at)


def _cut_name(rest: str, phoned: bool) -> tuple[str, str]:
    """`(name, address)` out of text whose phone is cut; a name stands apart or is glued to the phone's place."""
    rest = _RECEIVES.sub("", _FOR.sub(r" \1 ", _NUMBERED.sub("", rest)))
    rest = _loosen(rest)
    parts = [part for part in _PARTS.split(rest.replace(CUT, " ")) if part.strip("。.、-") and not _is_noise(part)]
    if len(parts) > 1 and (found := find_name(parts, sure=phoned) or (_beside_phone(rest, parts) if phoned else None)):
        at, name = found
        return name, " ".join(part for i, part in enumerate(parts) if i != at)
    if not phoned:
        return "", " ".join(parts)
    before, _, after = (half.strip(_EDGE) for half in rest.partition(CUT))
    if latin := _LATIN_END.search(before):
        return latin.group(), f"{before[: latin.start()]} {after}".strip(_EDGE)
    if name := name_at_end(before):
        return name, f"{before[: -len(name)]} {after}".strip(_EDGE)
    for head, tail in ((after, before), (before, after)):
        if name := name_at_start(head):
            return name, f"{tail} {head[len(name) :]}".strip(_EDGE)
    return "", " ".join(parts)
