"""The other side: carriers, sales platforms and a CRM in one local process, for demonstrations and tests.

`python -m counterpart --port N [--state-dir DIR] [--callback URL]`. It speaks their HTTP with code of its own: nothing
here is shared with `integrations`, so that an error there cannot hide behind the same error here. Only the standard
library is needed.

    /std/service            顺丰丰桥: order, look up, cancel
    /router/rest            TOP: cainiao.waybill.ii.*, taobao.logistics.*.send, taobao.trade*.get
    /routerjson             JD: pop.order.shipment, pop.order.get / search
    /admin/api/…            Shopify: orders, fulfillment_orders, fulfillments
    /wp-json/wc/v3/orders   WooCommerce
    /webhooks/shipments     own site (Standard Webhooks); /orders its list
    /waybills/…             a plain carrier
    /crm/events             CRM (Standard Webhooks)
    /_/…                    what it has seen and what it shall do: see `counterpart.control`
"""
