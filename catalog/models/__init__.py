from catalog.models.carrier import Carrier, RateRow, RateSheet
from catalog.models.shop import Listing, Shop, ShopWarehouse
from catalog.models.sku import Barcode, BundleComponent, PackSpec, Sku, Supplier
from catalog.models.warehouse import Bin, Warehouse, Zone

__all__ = [
    "Barcode",
    "Bin",
    "BundleComponent",
    "Carrier",
    "Listing",
    "PackSpec",
    "RateRow",
    "RateSheet",
    "Shop",
    "ShopWarehouse",
    "Sku",
    "Supplier",
    "Warehouse",
    "Zone",
]
