from django.urls import path

from insights.views import exceptions, home, pages, rule_edit, rule_versions, rules, search

app_name = "insights"
urlpatterns = [
    path("", home.start, name="start"),
    path("insights/", pages.dashboard, name="dashboard"),
    path("insights/cost/", pages.calculator, name="calculator"),
    path("exceptions/", exceptions.ExceptionInbox.as_view(), name="exceptions"),
    path("exceptions/actions/", exceptions.act, name="exceptions-act"),
    path("exceptions/jobs/<int:pk>/", exceptions.job_page, name="exceptions-job"),
    path("search/", search.find, name="search"),
    path("rules/", rules.kinds, name="rules"),
    path("rules/<str:kind>/", rules.one_kind, name="rules-kind"),
    path("rules/<str:kind>/act/", rules.act, name="rules-act"),
    path("rules/<str:kind>/new/", rule_edit.edit, name="rules-new"),
    path("rules/<str:kind>/<int:position>/", rule_edit.edit, name="rules-edit"),
    path("rules/<str:kind>/row/", rule_edit.row, name="rules-row"),
    path("rules/<str:kind>/versions/", rule_versions.versions, name="rules-versions"),
    path("rules/<str:kind>/versions/<int:version>/", rule_versions.version, name="rules-version"),
    path("rules/<str:kind>/versions/<int:version>/try/", rule_versions.tried, name="rules-try"),
    path("rules/<str:kind>/versions/<int:version>/shadow/", rule_versions.shadow, name="rules-shadow"),
    path("rules/<str:kind>/versions/<int:version>/life/", rule_versions.life, name="rules-life"),
]
