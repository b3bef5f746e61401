from django.urls import path

from integrations.views import completeness, hooks, messages

app_name = "integrations"
urlpatterns = [
    path("hooks/channels/<str:platform>/<str:shop>/", hooks.channel_push, name="channel-push"),
    path("hooks/carriers/<str:carrier>/", hooks.carrier_push, name="carrier-push"),
    path("completeness/", completeness.completeness, name="completeness"),
    path("completeness/<int:pk>/again/", completeness.again, name="pull-again"),
    path("messages/", messages.message_list, name="messages"),
    path("messages/replay/", messages.replay, name="replay"),
]
