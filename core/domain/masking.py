"""What may be shown of a person without asking."""

import re

_DIGITS = re.compile(r"\d(?:[ -]?\d){6,}")


def mask_name(name: str) -> str:
    """The first character and up to three stars: 王小明 → 王**. A platform's ciphertext is longer and tells no more."""
    return name[:1] + "*" * min(len(name) - 1, 3) if name else ""


def mask_phone(phone: str) -> str:
    """138****1234; shorter numbers keep their last two digits."""
    if len(phone) >= 11:
        return f"{phone[:-8]}****{phone[-4:]}"
    return "*" * max(len(phone) - 2, 0) + phone[-2:]


def mask_detail(detail: str) -> str:
    """The first half of the street part, six characters at most: enough to recognise, not to find."""
    return detail if "*" in detail or not detail else detail[: min(6, len(detail) // 2)] + "***"


def mask_text(text: str) -> str:
    """Free text with every run of seven or more digits starred (people write phone numbers into notes)."""
    return _DIGITS.sub(lambda match: match.group()[:3] + "****", text)
