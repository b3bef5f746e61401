"""Waybill labels as PDF pages: `render_labels`, and `missing_glyphs` for what the font cannot print."""

from fulfillment.domain.labels.data import LabelData, LabelParty
from fulfillment.domain.labels.font import missing_glyphs
from fulfillment.domain.labels.sheet import can_print, render_labels

__all__ = ["LabelData", "LabelParty", "can_print", "missing_glyphs", "render_labels"]
