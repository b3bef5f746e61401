from django.urls import path

from insights.views import home, pages, rules, search

app_name = "insights"
urlpatterns = [
    path("", home.start, name="start"),
    path("insights/", pages.dashboard, name="dashboard"),
    path("insights/cost/", pages.calculator, name="calculator"),
    path("search/", search.find, name="search"),
    path("rules/", rules.rule_sets, name="rules"),
    path("rules/<str:kind>/", rules.edit, name="rules-edit"),
]
