from django.urls import path

from integrations.views import hooks

app_name = "integrations"
urlpatterns = [
    path("hooks/channels/<str:platform>/<str:shop>/", hooks.channel_push, name="channel-push"),
    path("hooks/carriers/<str:carrier>/", hooks.carrier_push, name="carrier-push"),
]
