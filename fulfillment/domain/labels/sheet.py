"""The label's layout: 100 × 150 mm, upper part for the carrier, lower part (below the tear line) for the customer."""

import io
import re
from collections.abc import Sequence
from datetime import timedelta, timezone
from typing import Any

import segno
from reportlab import rl_config
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from core.domain.masking import mask_name, mask_phone
from fulfillment.domain.labels import code128, font
from fulfillment.domain.labels.data import LabelData, LabelParty
from fulfillment.domain.labels.pen import Pen

WIDTH, HEIGHT = 100.0, 150.0
LEFT, RIGHT, TOP, BOTTOM = 3.0, 97.0, 3.0, 147.0
_DOT = 0.125  # mm: one dot of the usual 203 dpi label printer; bars of whole dots print with clean edges
_NARROWEST, _WIDEST = 2, 4  # dots a module: what scanners read, and what still looks like a label
_QUIET = 10  # modules of white before and after a bar code
_CHINA = timezone(timedelta(hours=8))
_FORM = "label"
# Of the eight QR masks the best on average for waybill numbers, within 5 % of the best for each; trying all eight
# costs as much time as the rest of the label.
_MASK = 0

rl_config.useA85 = 0  # streams as bytes: writing them as text makes files a quarter larger and takes longer


def render_labels(labels: Sequence[LabelData], size: tuple[float, float] = (WIDTH, HEIGHT)) -> bytes:
    """A PDF with one page of `size` (mm) per label; other sizes get the same layout, scaled to fit from the top.

    The receiver's name and both phones are masked. A character that the font lacks is printed as 〓: ask
    `missing_glyphs` beforehand.
    Raises ValueError for no labels at all and for a waybill number that no bar code can carry.
    """
    if not labels:
        raise ValueError("there is nothing to print")
    font.face()
    target = io.BytesIO()
    canvas = Canvas(target, pagesize=(size[0] * mm, size[1] * mm), pageCompression=1, initialFontName=font.NAME)
    canvas.setTitle(f"{len(labels)} labels")
    _draw_form(canvas)
    scale = min(size[0] / WIDTH, size[1] / HEIGHT)
    for label in labels:
        canvas.translate((size[0] - WIDTH * scale) / 2 * mm, (size[1] - HEIGHT * scale) * mm)
        canvas.scale(scale, scale)
        canvas.doForm(_FORM)
        _draw(Pen(canvas, HEIGHT), label)
        canvas.showPage()
    canvas.save()
    return target.getvalue()


def can_print(waybill_no: str) -> bool:
    """Whether a bar code of this number fits the label; one that does not fails its whole batch."""
    try:
        return _dots(code128.modules(waybill_no), RIGHT - LEFT) >= _NARROWEST
    except ValueError:
        return False


def _draw_form(canvas: Any) -> None:
    """What is the same on every label, stored once in the file."""
    canvas.beginForm(_FORM, 0, 0, WIDTH * mm, HEIGHT * mm)
    pen = Pen(canvas, HEIGHT)
    pen.frame(LEFT, TOP, RIGHT - LEFT, BOTTOM - TOP, 1.0)
    for y in (14.5, 32.5, 42.5, 63.0, 73.0, 95.0):
        pen.rule(LEFT, y, RIGHT, y)
    pen.rule(LEFT, 117.5, RIGHT, 117.5, 0.8, dashed=True)
    pen.rule(24, 95, 24, 117.5)
    pen.rule(66, 95, 66, 117.5)
    pen.badge(8.4, 48.6, 3.6, "收", 13)
    pen.badge(8.4, 68.0, 3.0, "寄", 10.5)
    pen.text(LEFT + 2, 39.4, "集包地", 8)
    pen.text(67.5, 99.0, "签收人", 7)
    pen.text(67.5, 108.5, "时间", 7)
    pen.text(67.5, 115.7, "签收即表示包裹外观完好", 5.5)
    pen.plate(RIGHT - 13.5, 128.4, 11.5, 5.0, "已验视", 8)
    canvas.endForm()


def _draw(pen: Pen, label: LabelData) -> None:
    _head(pen, label)
    _routing(pen, label)
    _parties(pen, label)
    _bar_code(pen, label)
    _facts(pen, label)
    _stub(pen, label)


def _head(pen: Pen, label: LabelData) -> None:
    pen.fitted(LEFT + 2, 11.4, label.carrier_name, 20, 52, bold=True)
    if label.product:
        pen.plate(RIGHT - 26, 5.2, 24, 7.4, label.product, 14)
    if label.pieces > 1:
        pen.fitted(RIGHT - 28, 10.6, f"{label.piece}/{label.pieces}", 13, 12, bold=True, anchor="right")


def _routing(pen: Pen, label: LabelData) -> None:
    pen.fitted(WIDTH / 2, 28.4, label.sort_code, 44, RIGHT - LEFT - 5, bold=True, anchor="centre")
    pen.fitted(16.5, 40.2, label.package_center, 17, RIGHT - 20, bold=True)


def _parties(pen: Pen, label: LabelData) -> None:
    pen.fitted(14, 49.6, _receiver(label.receiver), 13, RIGHT - 16, bold=True)
    pen.wrapped(14, 51.4, label.receiver.address, 10.5, RIGHT - 16, 11.2, bold=True)
    sender = label.sender  # a shop: its name is meant to be read
    pen.fitted(14, 67.0, f"{sender.name}  {mask_phone(sender.phone)}", 8.5, RIGHT - 16)
    pen.fitted(14, 71.2, label.sender.address, 7.5, RIGHT - 16)


def _receiver(party: LabelParty) -> str:
    return f"{mask_name(party.name)}  {mask_phone(party.phone)}"


def _bar_code(pen: Pen, label: LabelData) -> None:
    _bars(pen, label.waybill_no, LEFT, 75.0, RIGHT - LEFT, 14.0)
    pen.fitted(WIDTH / 2, 93.6, _spaced(label.waybill_no), 13, RIGHT - LEFT - 6, bold=True, anchor="centre")


def _facts(pen: Pen, label: LabelData) -> None:
    text = label.qr_text or label.waybill_no
    pen.cells(5.0, 97.7, 17.0, segno.make(text, error="m", micro=False, boost_error=False, mask=_MASK).matrix)
    printed = label.printed_at.astimezone(_CHINA)
    rows = [
        f"打印 {printed:%Y-%m-%d %H:%M:%S}",
        f"件数 {label.piece}/{label.pieces}" + (f"    重量 {label.weight_g / 1000:.2f} kg" if label.weight_g else ""),
        f"订单 {'、'.join(label.order_nos)}" if label.order_nos else "",
    ]
    for index, row in enumerate(filter(None, rows[:2])):
        pen.fitted(25.5, 99.6 + index * 4.2, row, 7.5, 39.5)
    pen.wrapped(25.5, 105.6, rows[2], 7.5, 39.5, 7.4)
    if label.content_hash:
        pen.fitted(25.5, 115.9, f"校验 {label.content_hash[:12]}", 6, 39.5)


def _stub(pen: Pen, label: LabelData) -> None:
    pen.text(LEFT + 2, 122.6, "运单号", 7.5)
    pen.fitted(LEFT + 13, 122.8, label.waybill_no, 10, 30, bold=True)
    _bars(pen, label.waybill_no, 47, 119.5, RIGHT - 47, 6.5, needed=False)
    pen.fitted(LEFT + 2, 127.4, f"收件 {_receiver(label.receiver)}", 7.5, 42)
    goods = "；".join(f"{name} ×{qty}" for name, qty in label.items)
    pen.wrapped(LEFT + 2, 129.6, f"货品 {goods}" if goods else "", 8, RIGHT - LEFT - 19, 10.4)
    pen.wrapped(LEFT + 2, 140.3, f"备注 {label.note}" if label.note else "", 7.5, RIGHT - LEFT - 4, 6.2)


def _bars(pen: Pen, text: str, x: float, y: float, room: float, height: float, *, needed: bool = True) -> None:
    """The bar code in the middle of `room`, its module as many whole printer dots as fit beside the quiet zones. Where
    only one dot fits, a scanner will not read it: then one that is not `needed` is left out, else ValueError."""
    widths = code128.modules(text)
    dots = _dots(widths, room)
    if dots < _NARROWEST and needed:
        raise ValueError(f"the number {text} is too long for a bar code on this label")
    if dots >= _NARROWEST:
        pen.bars(x + (room - sum(widths) * dots * _DOT) / 2, y, height, widths, dots * _DOT)


def _dots(widths: Sequence[int], room: float) -> int:
    """How many printer dots a module may be wide for the code and its quiet zones to fit."""
    return min(int(room / (sum(widths) + 2 * _QUIET) / _DOT), _WIDEST)


def _spaced(number: str) -> str:
    """Letters, then digits in groups of four, for reading aloud; any other number as it is."""
    found = re.fullmatch(r"([A-Z]*)([0-9]+)", number)
    if found is None:
        return number
    groups = [found[2][at : at + 4] for at in range(0, len(found[2]), 4)]
    return "  ".join(filter(None, [found[1], *groups]))
