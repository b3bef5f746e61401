from django.urls import path

from aftersales.views import board, returns, ticket

app_name = "aftersales"
urlpatterns = [
    path("tickets/", board.desk, name="tickets"),
    path("tickets/new/", board.new, name="ticket-new"),
    path("tickets/<int:pk>/", ticket.ticket_page, name="ticket"),
    path("tickets/<int:pk>/move/", board.move, name="ticket-move"),
    path("tickets/<int:pk>/write/", ticket.write, name="ticket-write"),
    path("tickets/<int:pk>/decide/", ticket.decide, name="ticket-decide"),
    path("tickets/<int:pk>/assign/", ticket.assign, name="ticket-assign"),
    path("tickets/<int:pk>/priority/", ticket.prioritise, name="ticket-priority"),
    path("tickets/<int:pk>/refunds/<int:payment_id>/", ticket.settle, name="ticket-refund"),
    path("returns/", returns.desk, name="returns"),
    path("returns/unknown/", returns.unknown, name="return-unknown"),
    path("returns/<int:pk>/", returns.parcel_page, name="return"),
    path("returns/<int:pk>/act/", returns.act, name="return-act"),
]
