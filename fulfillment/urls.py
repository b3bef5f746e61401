from django.urls import path

from fulfillment.views import cards, pack, pick, shipments, waves

app_name = "fulfillment"
urlpatterns = [
    path("waves/", waves.WaveList.as_view(), name="waves"),
    path("waves/plan/", waves.plan, name="waves-plan"),
    path("waves/<int:pk>/", waves.wave_page, name="wave"),
    path("waves/<int:pk>/cancel/", waves.cancel, name="wave-cancel"),
    path("pick/", pick.pick_page, name="pick"),
    path("pick/cards/", cards.command_cards, name="cards"),
    path("pick/<int:task_id>/scan/", pick.scan, name="pick-scan"),
    path("pick/<int:task_id>/undo/", pick.undo, name="pick-undo"),
    path("pick/<int:task_id>/skip/<int:line_id>/", pick.skip, name="pick-skip"),
    path("pick/<int:task_id>/short/<int:line_id>/", pick.short, name="pick-short"),
    path("pack/", pack.bench, name="pack"),
    path("pack/<int:parcel_id>/", pack.parcel_page, name="pack-parcel"),
    path("pack/<int:parcel_id>/scan/", pack.scan, name="pack-scan"),
    path("pack/<int:parcel_id>/restart/", pack.restart, name="pack-restart"),
    path("pack/<int:parcel_id>/complete/", pack.complete, name="pack-complete"),
    path("shipments/", shipments.ShipmentList.as_view(), name="shipments"),
    path("shipments/actions/", shipments.batch, name="shipments-batch"),
    path("shipments/<int:pk>/", shipments.parcel_page, name="parcel"),
    path("jobs/<int:pk>/", shipments.job_page, name="job"),
    path("jobs/<int:pk>/file/", shipments.job_file, name="job-file"),
]
