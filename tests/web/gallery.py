"""Pages made of nothing but the kit, for its tests and to look at."""

import time

import django_filters
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from core import clock
from core.errors import OneRopeError
from core.models import Job
from core.models.job import JobState
from core.web.access import requires
from core.web.columns import Action, Branch, Column, Empty
from core.web.htmx import render_page
from core.web.listing import ListPage, chosen_ids
from core.web.redirects import back

RIGHT_CODES = ("6901000000017", "A-01-03")
answers_after_s = 0.0  # how slow the scan page is
seen: dict[str, str] = {}  # client id of a scan -> its code: a repeated request is the same scan


class JobFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(field_name="title", lookup_expr="icontains", label="标题")
    state = django_filters.ChoiceFilter(choices=JobState, label="状态")
    kind = django_filters.MultipleChoiceFilter(choices=[("labels", "面单"), ("import", "导入")], label="类型")
    done = django_filters.NumberFilter(label="已完成")
    failed = django_filters.NumberFilter(label="失败数")
    finished = django_filters.BooleanFilter(
        field_name="finished_at", lookup_expr="isnull", exclude=True, label="已结束"
    )


class JobList(ListPage):
    name = "gallery.jobs"
    permission = "orders_view"
    title = "任务"
    subtitle = "批量操作、导入和打印"
    filterset = JobFilter
    columns = (
        Column(name="title", label="标题", kind="code", sort="title", fixed=True),
        Column(name="state", label="状态", kind="pill", sort="state"),
        Column(name="total", label="行数", kind="number", sort="total"),
        Column(name="failed", label="金额", kind="money"),
        Column(name="finished", label="结束", value="finished_at", kind="ago", sort="finished_at"),
        Column(name="bar", label="进度", template="gallery/bar.html"),
    )
    empty = Empty(title="还没有任务", hint="批量操作会显示在这里。", url="/", action="去看板")
    tree_filter = "state"
    tree_label = "状态"
    actions = (
        Action(name="again", label="重跑", icon="refresh", tone="primary"),
        Action(name="drop", label="作废", icon="trash", tone="danger", permission="orders_edit", confirm="确定作废?"),
    )
    batch_url = "gallery:batch"
    batch_note = "原因"

    def rows(self) -> QuerySet[Job]:
        return Job.objects.all()

    def tree(self) -> list[Branch]:
        counts = {state: Job.objects.filter(state=state).count() for state in JobState.values}
        return [Branch(value, label, counts[value], value == "failed") for value, label in JobState.choices]


@requires("orders_view")
@require_POST
def batch(request: HttpRequest) -> HttpResponse:
    try:
        ids = chosen_ids(request, Job.objects.all(), JobFilter, limit=500)
        messages.success(request, f"{request.POST.get('action')}: {len(ids)} ({request.POST.get('note')})")
    except OneRopeError as exc:
        messages.error(request, str(exc.message))
    return back(request, reverse("gallery:jobs"))


@requires()
def parts(request: HttpRequest) -> HttpResponse:
    context = {
        "standings": ["good", "mid", "bad", "none"],
        "entries": [
            {"at": clock.now(), "text": "已发货", "detail": "SF1234567890", "actor": "打包 阿芳", "bad": False},
            {"at": clock.now(), "text": "重量不符", "detail": "多出 210 g", "actor": "系统", "bad": True},
        ],
        "states": ["completed", "held", "cancelled", "ready", "backordered", "shipped", "allocated", "anything"],
        "now": clock.now(),
        "job": Job.objects.order_by("-id").first(),
    }  # fmt: skip
    return render(request, "gallery/parts.html", context)


@requires()
def broken(request: HttpRequest) -> HttpResponse:
    raise ZeroDivisionError


@requires()
def scan(request: HttpRequest) -> HttpResponse:
    """Right codes count, others are wrong; the same client id twice is one scan."""
    context: dict[str, object] = {"count": len(seen), "verdict": None}
    if request.method == "POST":
        time.sleep(answers_after_s)
        code = request.POST.get("code", "")
        seen.setdefault(request.POST.get("uuid", ""), code)
        right = code in RIGHT_CODES
        context = {
            "count": len(seen),
            "verdict": {"tone": "ok" if right else "wrong", "text": "对" if right else "不是这件"},
        }
    return render_page(request, "gallery/scan.html", "gallery/step.html", context)


@requires()
@require_POST
def undo(request: HttpRequest) -> HttpResponse:
    if seen:
        seen.popitem()
    return render_page(request, "gallery/scan.html", "gallery/step.html", {"count": len(seen), "verdict": None})
