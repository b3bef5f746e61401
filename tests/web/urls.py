from django.urls import include, path

from config import urls as real
from tests.web import gallery

pages = [
    path("jobs/", gallery.JobList.as_view(), name="jobs"),
    path("jobs/batch/", gallery.batch, name="batch"),
    path("parts/", gallery.parts, name="parts"),
    path("broken/", gallery.broken, name="broken"),
    path("scan/", gallery.scan, name="scan"),
    path("scan/undo/", gallery.undo, name="undo"),
]
urlpatterns = [path("gallery/", include((pages, "gallery"))), *real.urlpatterns]
handler400, handler403, handler404, handler500 = real.handler400, real.handler403, real.handler404, real.handler500
