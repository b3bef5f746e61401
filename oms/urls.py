from django.urls import path

from oms.views import address_rules, merges, order, orders, products

app_name = "oms"
urlpatterns = [
    path("orders/", orders.OrderList.as_view(), name="orders"),
    path("orders/actions/", orders.batch, name="orders-batch"),
    path("orders/merges/", merges.MergeQueue.as_view(), name="merges"),
    path("orders/merges/actions/", merges.batch, name="merges-batch"),
    path("orders/<int:pk>/", order.order_page, name="order"),
    path("orders/<int:pk>/act/", order.act, name="order-act"),
    path("orders/<int:pk>/reveal/", order.reveal, name="order-reveal"),
    path("orders/<int:pk>/address/", order.fix_address, name="order-address"),
    path("exceptions/addresses/", address_rules.remembered, name="address-rules"),
    path("exceptions/addresses/<int:pk>/forget/", address_rules.forget, name="address-rules-forget"),
    path("exceptions/products/", products.unmatched, name="products"),
    path("exceptions/products/suggestions/", products.suggestions, name="products-suggest"),
    path("exceptions/products/settle/", products.settle, name="products-settle"),
]
