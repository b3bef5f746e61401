"""Every address of the product; each app keeps its own."""

from django.contrib import admin
from django.urls import include, path

from core.views import session

urlpatterns = [
    path("", include("core.urls")),
    path("", include("oms.urls")),
    path("", include("aftersales.urls")),
    path("", include("fulfillment.urls")),
    path("", include("finance.urls")),
    path("", include("insights.urls")),
    path("", include("integrations.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("api/v1/", include("config.api")),
    path("admin/login/", session.admin_login),
    path("admin/logout/", session.Logout.as_view()),
    path("admin/", admin.site.urls),
]

handler400 = "core.views.errors.bad_request"
handler403 = "core.views.errors.forbidden"
handler404 = "core.views.errors.not_found"
handler500 = "core.views.errors.server_error"
