"""Walking a list by key meets every row exactly once, whatever it is sorted by and whatever happens meanwhile."""

import base64
import json
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from django.core.exceptions import FieldDoesNotExist
from django.db.models import F, Value
from django.db.models.functions import Concat
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.models import Job
from core.web.paging import capped_count, paged

MORNING = datetime(2026, 11, 11, tzinfo=UTC)
SORTS = ["id", "-id", "title", "-title", "total", "-total", "finished_at", "-finished_at", "created_by__username"]

ROWS = st.lists(
    st.tuples(
        st.sampled_from(["a", "b", "中文", "x\u3000y", "~/%"]),
        st.integers(0, 3),
        st.none() | st.integers(0, 2).map(lambda n: MORNING + timedelta(microseconds=n)),
    ),
    max_size=14,
)


def jobs(rows):
    Job.objects.all().delete()
    Job.objects.bulk_create(Job(kind="k", title=title, total=total, finished_at=at) for title, total, at in rows)


def forward(queryset, sort, size):
    """Every page from the first to the last."""
    pages = [paged(queryset, {}, sort=sort, size=size)]
    while pages[-1].after is not None:
        assert len(pages) < 50, "it goes in circles"
        pages.append(paged(queryset, {"after": pages[-1].after}, sort=sort, size=size))
    return pages


def ids(page):
    return [row.pk for row in page.rows]


@pytest.mark.django_db
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS, sort=st.sampled_from(SORTS), size=st.integers(1, 5))
def test_forward_meets_every_row_once_and_back_is_the_same_way(rows, sort, size):
    jobs(rows)
    queryset = Job.objects.select_related("created_by")
    pages = forward(queryset, sort, size)
    met = [pk for page in pages for pk in ids(page)]
    assert sorted(met) == sorted(Job.objects.values_list("pk", flat=True))
    assert all(len(page.rows) == size for page in pages[:-1])
    assert pages[0].before is None
    for earlier, later in pairwise(pages):
        again = paged(queryset, {"before": later.before or ""}, sort=sort, size=size)
        assert ids(again) == ids(earlier)


@pytest.mark.django_db
@pytest.mark.parametrize("sort", ["finished_at", "-finished_at"])
def test_the_order_is_the_databases_with_the_unknown_last(sort):
    jobs([("a", 0, None), ("b", 0, MORNING), ("c", 0, MORNING + timedelta(1)), ("d", 0, None), ("e", 0, MORNING)])
    down = sort.startswith("-")
    expected = sorted(
        Job.objects.all(),
        key=lambda job: (
            job.finished_at is None,
            (job.finished_at or MORNING).timestamp() * (-1 if down else 1),
            job.pk * (-1 if down else 1),
        ),
    )
    met = [pk for page in forward(Job.objects.all(), sort, 2) for pk in ids(page)]
    assert met == [job.pk for job in expected]


@pytest.mark.django_db
def test_rows_that_arrive_or_go_meanwhile_shift_nothing():
    jobs([("t", n, None) for n in range(10)])
    first = paged(Job.objects.all(), {}, size=4)
    Job.objects.create(kind="k", title="new")
    Job.objects.get(pk=first.rows[-1].pk).delete()
    second = paged(Job.objects.all(), {"after": first.after}, size=4)
    assert not {row.pk for row in first.rows} & {row.pk for row in second.rows}
    assert second.rows[0].pk == first.rows[-1].pk - 1


@pytest.mark.django_db
def test_a_key_whose_rows_have_all_gone_leads_back_to_the_first_page():
    jobs([("t", n, None) for n in range(3)])
    lowest = Job.objects.order_by("pk").values_list("pk", flat=True)[0]
    page = paged(Job.objects.all(), {"after": str(lowest)}, size=2)
    assert ids(page) == ids(paged(Job.objects.all(), {}, size=2))
    assert page.before is None


def encoded(value):
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


@pytest.mark.django_db
@pytest.mark.parametrize("sort", ["-id", "title", "total", "-finished_at", "created_by__username"])
@pytest.mark.parametrize(
    "key",
    [
        "x", "-1", "1" * 19, "٣", "²", " 1", "!!!!", "AAAA", encoded([]), encoded([1, 2, 3]), encoded({"a": 1}),
        encoded(["a", True]), encoded(["a", -1]), encoded(["a", "1"]), encoded(["a", 10**30]), encoded([["a"], 1]),
        encoded(["\0", 1]), encoded(["\ud800", 1]), encoded(["9" * 40, 1]), encoded(["2026-11-11T00:00:00", 1]),
        encoded(["2026-13-45T00:00:00+00:00", 1]), encoded([1.5, 1]), "W" * 3000,
    ],
)  # fmt: skip
def test_a_key_that_is_none_means_the_first_page(sort, key):
    jobs([("a", 1, None), ("b", 2, MORNING)])
    first = paged(Job.objects.all(), {}, sort=sort)
    for name in ("after", "before"):
        page = paged(Job.objects.all(), {name: key}, sort=sort)
        assert page.rows, f"{name}={key}"
        assert set(ids(page)) <= set(ids(first))


@pytest.mark.django_db
def test_an_annotation_can_be_sorted_by():
    jobs([("b", 1, None), ("a", 2, None), ("c", 3, None)])
    named = Job.objects.annotate(label=Concat(F("title"), Value("!")))
    met = [row.title for page in forward(named, "label", 1) for row in page.rows]
    assert met == ["a", "b", "c"]


@pytest.mark.django_db
def test_what_is_no_column_is_refused():
    with pytest.raises(FieldDoesNotExist):
        paged(Job.objects.all(), {}, sort="nonsense")


@pytest.mark.django_db
def test_counting_stops_at_the_cap(django_assert_num_queries):
    jobs([("t", n, None) for n in range(9)])
    with django_assert_num_queries(2):
        assert capped_count(Job.objects.all(), 5) == 5
        assert capped_count(Job.objects.filter(total__lt=3), 5) == 3
