"""Code 128 (ISO/IEC 15417), sets B and C: the shortest run of symbols for a text, as widths of bars and spaces."""

import re

_TABLE = (
    "212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 122132 122231 113222 "
    "123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 321221 312212 322112 322211 212123 212321 "
    "232121 111323 131123 131321 112313 132113 132311 211313 231113 231311 112133 112331 132131 113123 113321 133121 "
    "313121 211331 231131 213113 213311 213131 311123 311321 331121 312113 312311 332111 314111 221411 431111 111224 "
    "111422 121124 121421 141122 141221 112214 112412 122114 122411 142112 142211 241211 221114 413111 241112 134111 "
    "111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 214121 412121 111143 111341 131141 114113 "
    "114311 411113 411311 113141 114131 311141 411131 211412 211214 211232 2331112"
)
_PATTERNS = _TABLE.split()
_CODE_B, _CODE_C = 100, 99
_START_B, _START_C, _STOP = 104, 105, 106
_EDGE_RUN, _INNER_RUN = 4, 6  # digits that pay for changing to set C, and to it and back


def symbols(text: str) -> list[int]:
    """Symbol values from start to stop, check symbol included; raises ValueError for what is not printable ASCII."""
    if not text or any(not " " <= char <= "~" for char in text):
        raise ValueError("Code 128 set B holds printable ASCII only")
    values: list[int] = []
    for paired, part in _segments(text):
        start, change = (_START_C, _CODE_C) if paired else (_START_B, _CODE_B)
        values.append(change if values else start)
        if paired:
            values += [int(part[at : at + 2]) for at in range(0, len(part), 2)]
        else:
            values += [ord(char) - 32 for char in part]
    check = (values[0] + sum(place * value for place, value in enumerate(values))) % 103
    return [*values, check, _STOP]


def modules(text: str) -> list[int]:
    """Alternating widths of bars and spaces in modules, beginning and ending with a bar, without quiet zones."""
    return [int(digit) for value in symbols(text) for digit in _PATTERNS[value]]


def _segments(text: str) -> list[tuple[bool, str]]:
    """(in set C, part): runs of digits long enough to pay for the change go in pairs, everything else by character."""
    parts: list[tuple[bool, str]] = []
    for found in re.finditer(r"[0-9]+|[^0-9]+", text):
        run, at_edge = found.group(), found.start() == 0 or found.end() == len(text)
        if run.isdecimal() and (len(run) >= (_EDGE_RUN if at_edge else _INNER_RUN) or len(text) == len(run) == 2):
            odd = len(run) % 2
            if odd and found.start():
                parts += [(False, run[:1]), (True, run[1:])]
            else:
                parts += [(True, run[: len(run) - odd]), *([(False, run[-1:])] if odd else [])]
        else:
            parts.append((False, run))
    merged: list[tuple[bool, str]] = []
    for paired, part in parts:
        if merged and not paired and not merged[-1][0]:
            part = merged.pop()[1] + part
        merged.append((paired, part))
    return merged
