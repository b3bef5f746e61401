from django.urls import path

from core.views import health, lists, scanner, session

app_name = "core"
urlpatterns = [
    path("login/", session.Login.as_view(), name="login"),
    path("logout/", session.Logout.as_view(), name="logout"),
    path("views/", lists.save_view, name="view-save"),
    path("views/<int:pk>/remove/", lists.remove_view, name="view-remove"),
    path("views/columns/", lists.set_list, name="list-set"),
    path("scanner/", scanner.scanner, name="scanner"),
    path("livez", health.livez, name="livez"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
]
