"""`/api/v1/`: one router over every app's views."""

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView
from rest_framework.routers import SimpleRouter

from aftersales.api.views import TicketViewSet
from catalog.api.views import SkuViewSet
from fulfillment.api.views import ShipmentViewSet
from inventory.api.views import StockViewSet
from oms.api.views import OrderViewSet

router = SimpleRouter()
router.register("orders", OrderViewSet, basename="order")
router.register("stock", StockViewSet, basename="stock")
router.register("shipments", ShipmentViewSet, basename="shipment")
router.register("tickets", TicketViewSet, basename="ticket")
router.register("skus", SkuViewSet, basename="sku")

app_name = "api"
urlpatterns = [
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("docs/", SpectacularSwaggerView.as_view(url_name="api:schema"), name="docs"),
    path("", include(router.urls)),
]
