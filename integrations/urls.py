from django.urls import include, path

from integrations.views import completeness, messages

app_name = "integrations"
urlpatterns = [
    path("", include("integrations.door")),
    path("completeness/", completeness.completeness, name="completeness"),
    path("completeness/<int:pk>/again/", completeness.again, name="pull-again"),
    path("messages/", messages.message_list, name="messages"),
    path("messages/<int:pk>/", messages.message_page, name="message"),
    path("messages/replay/", messages.replay, name="replay"),
]
