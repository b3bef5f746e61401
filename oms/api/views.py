from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.viewsets import ReadOnlyModelViewSet

from core.api.idempotency import IdempotentMixin
from core.api.permissions import Requires
from oms.api.serializers import MergeSerializer, NoteSerializer, OrderSerializer, SealSerializer
from oms.filters import OrderFilter
from oms.models import Order
from oms.selectors import merges
from oms.selectors import orders as select
from oms.selectors.orders import releasable_ids
from oms.services import holds, merging, orders


class OrderViewSet(IdempotentMixin, ReadOnlyModelViewSet[Order]):
    """Orders as the warehouse sees them."""

    queryset = Order.objects.none()
    serializer_class = OrderSerializer
    filterset_class = OrderFilter
    permission_classes = [Requires]
    read_permission, write_permission = "orders_view", "orders_edit"

    def get_queryset(self) -> QuerySet[Order]:
        return select.for_list(self.request.user).prefetch_related("suborders__lines__sku")

    @extend_schema(request=NoteSerializer, responses=OrderSerializer)
    @action(detail=True, methods=["post"])
    def hold(self, request: Request, pk: str) -> Response:
        """Hold the order until somebody releases it."""
        order = self.get_object()
        holds.hold([order.pk], self._note(request))
        return self._answer(order)

    @extend_schema(request=NoteSerializer, responses=OrderSerializer)
    @action(detail=True, methods=["post"])
    def release(self, request: Request, pk: str) -> Response:
        """Release the open holds of the order that are yours to release; 409 `not_yours` when none is."""
        order = self.get_object()
        holds.release(releasable_ids(request.user, [order.pk]), self._note(request))
        return self._answer(order)

    @extend_schema(request=NoteSerializer, responses=OrderSerializer)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str) -> Response:
        """Cancel what has not left the warehouse; 409 `already_shipped` when everything has."""
        order = self.get_object()
        orders.cancel([order.pk], self._note(request))
        return self._answer(order)

    @extend_schema(request=MergeSerializer, responses=OrderSerializer)
    @action(detail=True, methods=["post"])
    def merge(self, request: Request, pk: str) -> Response:
        """Let the order leave in one parcel with others of its receiver; 409 `cannot_merge` names the order that may
        not and why, `not_together` and `no_common_warehouse` say what keeps them apart."""
        order = self.get_object()
        data = self._read(MergeSerializer, request)
        ids = [order.pk, *data["order_ids"]]
        merges.check_sees_company(request.user, ids)
        merging.merge(ids, data["note"])
        return self._answer(order)

    @extend_schema(request=NoteSerializer, responses=OrderSerializer)
    @action(detail=True, methods=["post"])
    def unmerge(self, request: Request, pk: str) -> Response:
        """Take the order's merge apart; 409 `cannot_merge` (reason `picking_begun`) once picking has begun."""
        order = self.get_object()
        merges.check_sees_company(request.user, [order.pk])
        merging.undo(order.pk, self._note(request))
        return self._answer(order)

    @extend_schema(request=SealSerializer, responses=OrderSerializer)
    @action(detail=True, methods=["post"])
    def seal(self, request: Request, pk: str) -> Response:
        """Set or lift the seals against splitting and merging. A merged order leaves its merge first, a split one is
        routed anew in one piece; 409 `cannot_merge` (reason `picking_begun`) when that comes too late."""
        order = self.get_object()
        data = self._read(SealSerializer, request)
        merges.check_sees_company(request.user, [order.pk])
        merging.seal(order.pk, data.pop("note"), **data)
        return self._answer(order)

    def _note(self, request: Request) -> str:
        return str(self._read(NoteSerializer, request)["note"])

    def _read(self, kind: type[Serializer[None]], request: Request) -> dict[str, Any]:
        data = kind(data=request.data)
        data.is_valid(raise_exception=True)
        return dict(data.validated_data)

    def _answer(self, order: Any) -> Response:
        return Response(self.get_serializer(self.get_queryset().get(pk=order.pk)).data)
