"""Where platforms and carriers push. Served before sessions and pages (`core.web.middleware.DoorMiddleware`)."""

from django.urls import path

from integrations.views import hooks

urlpatterns = [
    path("hooks/channels/<str:platform>/<str:shop>/", hooks.channel_push, name="channel-push"),
    path("hooks/carriers/<str:carrier>/", hooks.carrier_push, name="carrier-push"),
]
