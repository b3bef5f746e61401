from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.status import HTTP_201_CREATED
from rest_framework.viewsets import ReadOnlyModelViewSet

from aftersales.api.serializers import NewTicketSerializer, ReplySerializer, TicketSerializer
from aftersales.domain.ticket import MessageKind
from aftersales.filters import TicketFilter
from aftersales.models import Ticket
from aftersales.selectors import tickets as select
from aftersales.services import tickets
from core.api.idempotency import IdempotentMixin
from core.api.permissions import Requires
from core.domain.masking import mask_text
from core.errors import NotFound
from oms.selectors.orders import visible_to as visible_orders


class TicketViewSet(IdempotentMixin, ReadOnlyModelViewSet[Ticket]):
    """After-sales tickets. Another system may open one; deciding them is a person's work."""

    queryset = Ticket.objects.none()
    serializer_class = TicketSerializer
    filterset_class = TicketFilter
    permission_classes = [Requires]
    read_permission, write_permission = "tickets_view", "tickets_edit"

    def get_queryset(self) -> QuerySet[Ticket]:
        return select.for_list(self.request.user).prefetch_related("lines__sku", "payments")

    @extend_schema(request=NewTicketSerializer, responses={201: TicketSerializer})
    def create(self, request: Request) -> Response:
        """Open a ticket; 404 `order_not_found` for an order that is not there or not yours to see."""
        form = NewTicketSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        data = form.validated_data
        order_id = data.get("order_id")
        if order_id and not visible_orders(request.user).filter(pk=order_id).exists():
            raise NotFound(_("There is no such order."), code="order_not_found")
        ticket = tickets.open_ticket(
            kind=data["kind"], title=mask_text(data["title"]), order_id=order_id, detail=data["detail"],
            amount_minor=data["amount_minor"],
        )  # fmt: skip
        row = self.get_queryset().filter(pk=ticket.pk).first() or ticket
        return Response(self.get_serializer(row).data, status=HTTP_201_CREATED)

    @extend_schema(request=ReplySerializer, responses=TicketSerializer)
    @action(detail=True, methods=["post"])
    def reply(self, request: Request, pk: str) -> Response:
        """Note what the buyer was answered; the first answer stops the clock. 409 `stale_ticket` when it was changed
        since `version`."""
        ticket = self.get_object()
        form = ReplySerializer(data=request.data)
        form.is_valid(raise_exception=True)
        tickets.write(
            ticket.pk, MessageKind.REPLY, form.validated_data["text"],
            expected_version=form.validated_data.get("version"),
        )  # fmt: skip
        return Response(self.get_serializer(self.get_queryset().get(pk=ticket.pk)).data)
