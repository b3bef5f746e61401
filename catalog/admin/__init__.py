"""Master data in the Django admin: goods, shops, warehouses, carriers, and who sees which of them."""

from catalog.admin import carrier, scope, shop, sku, warehouse

__all__ = ["carrier", "scope", "shop", "sku", "warehouse"]
