"""Columns whose street names no place are not read twice: with the same answer as if they were."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks import address_words as words
from benchmarks.address_sets import Sets
from oms.domain.address.match import Match, match
from oms.domain.address.standardise import _columns, _found, _prefer_columns
from oms.domain.address.table import table
from oms.domain.address.text import normalise

NAMES = sorted({unit.name for unit in table().units} | {unit.name[:-1] for unit in table().units if len(unit.name) > 2})
TAILS = (
    "",
    "路1号",
    "街道",
    "镇",
    "花园",
    "大厦",
    "区",
    "市",
    "县",
    "新区",
    "大学",
    "村3组",
    "**",
    " ",
    "-",
    "站",
    "里",
    "桥南",
)
COLUMN = st.one_of(st.just(""), st.sampled_from(NAMES), st.sampled_from(NAMES).map(lambda name: name[:2]))
STREET = st.lists(
    st.one_of(
        st.sampled_from(NAMES), st.sampled_from(TAILS), st.sampled_from(words.ROADS), st.sampled_from(words.ESTATES),
        st.text(max_size=4),
    ),
    max_size=4,
).map("".join)  # fmt: skip


def in_full(own: Match, head: str, whole: str) -> Match:
    found = match(whole, table())
    return _prefer_columns(own, found, len(head)) if head and own.reading and found.reading else found


def place(found: Match):
    reading = found.reading
    rivals = {rival.unit.code for rival in found.rivals}
    return (
        reading and (reading.unit, reading.form, reading.supported, reading.members),
        rivals,
        found.conflict,
        found.end,
    )


def check(columns, street):
    head, _, own = _columns(*columns)
    street = normalise(street).strip()
    whole = f"{head} {street}" if head and street else head or street
    assert place(_found(own, head, street, whole)) == place(in_full(own, head, whole)), (columns, street)


@settings(max_examples=500)
@given(st.tuples(COLUMN, COLUMN, COLUMN), STREET)
def test_any_columns_and_any_street(columns, street):
    check(columns, street)


@settings(max_examples=500)
@given(st.sampled_from(sorted(table().places)), STREET)
def test_the_columns_of_a_real_place(code, street):
    here = table().place(code)
    check((here.province, here.city, here.district), street)


@pytest.mark.parametrize("seed", range(3))
def test_the_made_up_sets(seed):
    for row in Sets(random.Random(seed)).rows(100):
        if "text" not in row.given:
            check([row.given.get(key, "") for key in ("province", "city", "district")], row.given.get("detail", ""))
