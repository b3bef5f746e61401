"""What a list page offers, and that the address says it all."""

import re
from html import unescape

import pytest

from core.models import Job, ListSetting, SavedView
from core.services.lists import kept_filters
from core.web.listing import chosen_ids
from tests.web.gallery import JobFilter

PAGE = "/gallery/jobs/"


@pytest.fixture
def jobs(db):
    rows = [
        Job(kind="labels" if n % 2 else "import", title=f"J{n:03}", total=n, state="failed" if n < 3 else "done")
        for n in range(60)
    ]
    return Job.objects.bulk_create(rows)


def text(answer):
    return unescape(answer.content.decode())


def titles(answer):
    return re.findall(r'<span class="mono">(J\d{3})</span>', text(answer))


def test_rows_are_filtered_sorted_and_paged_by_the_address(ops, jobs):
    answer = ops.get(PAGE, {"kind": "labels", "sort": "total"})
    assert titles(answer) == [f"J{n:03}" for n in range(1, 60, 2)]
    assert 'aria-sort="ascending"' in text(answer)
    first = ops.get(PAGE)
    assert titles(first) == [f"J{n:03}" for n in range(59, 9, -1)]
    following = re.search(r'rel="next" href="([^"]+)"', text(first))
    assert following is not None
    assert titles(ops.get(PAGE + following[1])) == [f"J{n:03}" for n in range(9, -1, -1)]


def test_an_unknown_sorting_is_the_usual_one(ops, jobs):
    for sort in ("nonsense", "--total", "bar", "created_by__password"):
        assert titles(ops.get(PAGE, {"sort": sort}))[0] == "J059"


def test_headers_sort_down_up_and_not_at_all(ops, jobs):
    def next_way(query):
        header = re.search(r'<th class="num" aria-sort="\w+"><a href="([^"]+)"', text(ops.get(PAGE + query)))
        assert header is not None
        return header[1]

    assert next_way("?state=done") == "?state=done&sort=-total"
    assert next_way("?sort=-total&after=5") == "?sort=total"
    assert next_way("?sort=total") == "?"


def test_the_filter_form_keeps_what_others_have_set(ops, jobs):
    form = text(ops.get(PAGE, {"state": "failed", "sort": "-total", "q": "J"}))
    assert '<input type="hidden" name="state" value="failed">' in form
    assert '<input type="hidden" name="sort" value="-total">' in form
    assert titles(ops.get(PAGE, {"state": "failed", "q": "J001"})) == ["J001"]


def test_each_filter_that_is_set_can_be_taken_off(ops, jobs):
    page = text(ops.get(PAGE, {"kind": ["labels", "import"], "done": "0", "finished": "false"}))
    assert "类型: <b>面单, 导入</b>" in page
    assert "已结束: <b>否</b>" in page
    assert 'href="/gallery/jobs/?kind=labels&kind=import&finished=false"' in page


def test_a_filter_that_cannot_be_read_shows_nothing_rather_than_everything(ops, jobs):
    answer = ops.get(PAGE, {"done": "many", "q": "J"})
    assert (answer.status_code, titles(answer)) == (200, [])
    assert 'role="alert"' in text(answer)


def test_the_tree_counts_and_narrows(ops, jobs):
    page = text(ops.get(PAGE, {"q": "J0"}))
    assert re.search(
        r'href="\?q=J0&state=failed" data-set="state=failed" class=" alarm"><span>[^<]+</span><b>3</b>', page
    )
    assert titles(ops.get(PAGE, {"state": "failed"})) == ["J002", "J001", "J000"]


def test_a_list_without_rows_says_what_to_do(ops, db):
    assert "还没有任务" in text(ops.get(PAGE))
    Job.objects.create(kind="labels", title="J000")
    page = text(ops.get(PAGE, {"q": "nothing like it"}))
    assert "还没有任务" not in page
    assert f'href="{PAGE}"' in page


def test_a_piece_counts_neither_tree_nor_tabs(ops, person, jobs, django_assert_max_num_queries):
    for number in range(5):
        SavedView.objects.create(user=person("ops"), page="gallery.jobs", name=f"v{number}", querystring="state=done")
    with django_assert_max_num_queries(7):  # session, user, setting, count, rows, and two of permissions
        ops.get(PAGE, headers={"HX-Request": "true"})


def test_columns_and_density_are_the_users_own(ops, person, client, jobs):
    offered = ["state", "total", "failed", "finished", "bar"]
    form = {
        "page": "gallery.jobs",
        "columns": offered,
        "shown": ["state", "finished", "bar"],
        "density": "dense",
        "next": PAGE,
    }
    assert ops.post("/views/columns/", form).url == PAGE
    page = text(ops.get(PAGE))
    assert 'data-label="状态"' in page
    assert 'data-label="行数"' not in page
    assert 'data-label="标题"' in page
    assert "sheet cards tight" in page
    client.force_login(person("cs"))
    assert 'data-label="行数"' in text(client.get(PAGE))


def test_a_fixed_column_stays_whatever_was_sent(ops, jobs):
    ops.post("/views/columns/", {"page": "gallery.jobs", "columns": ["title"], "density": "roomy"})
    assert 'data-label="标题"' in text(ops.get(PAGE))


@pytest.mark.parametrize("form", [{}, {"page": "x", "density": "dense"}, {"page": "a.b", "density": "huge"}])
def test_a_setting_that_is_none_is_refused(ops, form):
    ops.post("/views/columns/", form)
    assert not ListSetting.objects.exists()


def save(client, **fields):
    form = {"page": "gallery.jobs", "name": "要看的", "querystring": "state=failed&sort=-total", "next": PAGE, **fields}
    return client.post("/views/", form)


def test_a_saved_view_is_a_tab_with_its_count(ops, jobs):
    save(ops)
    page = text(ops.get(PAGE))
    assert re.search(r'href="\?sort=-total&state=failed"[^>]*>要看的 <b>3</b>', page)
    chosen = text(ops.get(PAGE, {"state": "failed", "sort": "-total", "after": "9"}))
    assert re.search(r'data-view="sort=-total&state=failed" class="active"', chosen)


def test_the_same_name_again_replaces_the_view(ops, jobs):
    save(ops)
    save(ops, name=" 要看的 ", querystring="state=done")
    assert [view.querystring for view in SavedView.objects.all()] == ["state=done"]


def test_a_view_keeps_neither_free_text_nor_the_place_in_the_list():
    assert kept_filters("q=13800138000&after=5&before=3&state=&kind=b&kind=a") == "kind=a&kind=b"


def test_views_are_private_until_shared(ops, person, client, jobs):
    save(ops)
    save(ops, name="大家的", shared="on")
    assert "要看的" in text(ops.get(PAGE))
    client.force_login(person("cs"))
    page = text(client.get(PAGE))
    assert "大家的" in page
    assert "要看的" not in page


def test_nobody_removes_anothers_view(ops, person, client, jobs):
    save(ops, shared="on")
    view = SavedView.objects.get()
    client.force_login(person("cs"))
    assert client.post(f"/views/{view.pk}/remove/").status_code == 404
    client.force_login(person("ops"))
    assert client.post(f"/views/{view.pk}/remove/", {"next": PAGE}).url == PAGE
    assert not SavedView.objects.exists()


@pytest.mark.parametrize(
    "fields", [{"name": ""}, {"name": "x" * 41}, {"name": "a\0b"}, {"page": "../x"}, {"querystring": "a=" + "x" * 2100}]
)
def test_a_view_that_cannot_be_kept_is_refused_in_words(ops, jobs, fields):
    save(ops, **fields)
    assert not SavedView.objects.exists()
    assert "note-error" in text(ops.get(PAGE))


def test_a_form_leads_back_to_our_own_pages_only(ops, jobs):
    assert save(ops, next="https://evil.example/").url == "/"
    assert save(ops, next="//evil.example/").url == "/"


def test_actions_are_offered_to_those_who_may(ops, person, client, jobs):
    assert 'value="drop"' in text(ops.get(PAGE))
    client.force_login(person("cs"))
    page = text(client.get(PAGE))
    assert 'value="again"' in page
    assert 'value="drop"' not in page


def chosen(rf, queryset, limit=500, **form):
    return chosen_ids(rf.post("/", form), queryset, JobFilter, limit=limit)


def test_ticked_rows_are_chosen_within_what_may_be_seen(rf, jobs):
    visible = Job.objects.exclude(pk=jobs[1].pk)
    assert chosen(rf, visible, id=[jobs[2].pk, jobs[0].pk, jobs[1].pk, "x", "²", ""]) == [jobs[0].pk, jobs[2].pk]


def test_all_that_match_are_chosen_by_the_filters(rf, jobs):
    visible = Job.objects.exclude(pk=jobs[0].pk)
    assert chosen(rf, visible, all="1", filters="state=failed&after=2", id=[jobs[9].pk]) == [jobs[1].pk, jobs[2].pk]


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({}, "nothing_chosen"),
        ({"all": "1", "filters": "q=no-such"}, "nothing_chosen"),
        ({"all": "1", "filters": "done=many"}, "bad_filter"),
        ({"all": "1"}, "too_many_chosen"),
    ],
)
def test_a_choice_that_cannot_be_acted_on_is_refused(rf, jobs, form, code):
    with pytest.raises(Exception) as refused:
        chosen(rf, Job.objects.all(), limit=50, **form)
    assert refused.value.code == code
