"""What can need a person on the floor and on the road."""

from django.utils.translation import gettext_lazy as _

from core.worklist import Fix, Kind, Reason, Step, register
from fulfillment.services import suggested

_ASK = Fix(_("Ask the carrier again"), suggested.ask_carrier, "labels_print")
register(
    Kind(
        number=8, name="waybill", permission="shipments_view", page="fulfillment:parcel",
        sql="""SELECT w.id, 'waybill_' || w.state, p.order_id, 'P' || p.id, w.carrier || ' ' || w.error, o.shop_id,
                      p.warehouse_id, 'ops', w.asked_at, p.id
                 FROM fulfillment_waybill w JOIN fulfillment_parcel p ON p.id = w.parcel_id
                 JOIN oms_order o ON o.id = p.order_id
                WHERE w.state IN ('refused', 'unknown') AND p.state IN ('open', 'packed')""",
        reasons=[
            Reason("waybill_refused", _("carrier refuses a number"), Step.LABEL, 30,
                   _("Mend what the carrier complains of, then ask again"), _ASK),
            Reason("waybill_unknown", _("carrier does not answer"), Step.LABEL, 30,
                   _("It is asked again by itself; nothing is requested twice"), _ASK),
        ],
    )
)  # fmt: skip
register(
    Kind(
        number=9, name="no_carrier", permission="shipments_view", page="fulfillment:parcel",
        sql="""SELECT p.id, 'no_carrier', p.order_id, 'P' || p.id, o.province || o.city || o.district, o.shop_id,
                      p.warehouse_id, 'ops', p.opened_at, p.id
                 FROM fulfillment_carrierchoice c JOIN fulfillment_parcel p ON p.id = c.parcel_id
                 JOIN oms_order o ON o.id = p.order_id
                WHERE c.carrier = '' AND p.state IN ('open', 'packed') AND p.waybill_no = ''
                  AND NOT EXISTS (SELECT 1 FROM fulfillment_waybill w
                                   WHERE w.parcel_id = p.id AND w.state <> 'void')""",
        reasons=[
            Reason("no_carrier", _("no carrier serves the place"), Step.LABEL, 60,
                   _("Give a carrier a rate for the place; the number is fetched by itself"))
        ],
    )
)  # fmt: skip
register(
    Kind(
        number=10, name="shortfall", permission="waves_view", page="fulfillment:wave",
        sql="""SELECT f.id, 'shortfall', s.order_id, 'W' || t.wave_id, k.code || ' ×' || f.qty || ' @ ' || b.code,
                      NULL::bigint, v.warehouse_id, 'ops', f.noted_at, t.wave_id
                 FROM fulfillment_shortfall f JOIN fulfillment_pickline l ON l.id = f.line_id
                 JOIN fulfillment_picktask t ON t.id = l.task_id JOIN fulfillment_wave v ON v.id = t.wave_id
                 JOIN oms_suborder s ON s.id = l.suborder_id JOIN catalog_sku k ON k.id = f.sku_id
                 JOIN catalog_bin b ON b.id = f.bin_id
                WHERE f.settled_at IS NULL""",
        reasons=[
            Reason("shortfall", _("bin holds less than the books say"), Step.PICK, 60,
                   _("Count the bin; the books are mended as soon as an order gives way"),
                   Fix(_("Settle now"), suggested.count_off, "stock_edit"))
        ],
    )
)  # fmt: skip
register(
    Kind(
        number=11, name="parcel", permission="shipments_view", page="fulfillment:parcel",
        sql="""SELECT p.id, CASE p.track_status WHEN 'exception' THEN 'parcel_trouble' ELSE 'parcel_silent' END,
                      p.order_id, 'P' || p.id, p.carrier || ' ' || p.waybill_no, o.shop_id, p.warehouse_id,
                      'cs', CASE p.track_status WHEN 'exception' THEN p.last_scan_at ELSE p.shipped_at END, p.id
                 FROM fulfillment_parcel p JOIN oms_order o ON o.id = p.order_id
                WHERE p.state = 'shipped' AND p.delivered_at IS NULL
                  AND (p.track_status = 'exception'
                       OR (p.first_scan_at IS NULL AND p.shipped_at < now() - interval '24 hours'))""",
        reasons=[
            Reason("parcel_trouble", _("parcel in trouble"), Step.TRACK, 4 * 60,
                   _("Its ticket is open already: talk to carrier and buyer")),
            Reason("parcel_silent", _("handed over, never scanned"), Step.TRACK, 48 * 60,
                   _("Ask the carrier whether it was collected")),
        ],
    )
)  # fmt: skip
