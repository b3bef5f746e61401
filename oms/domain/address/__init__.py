"""Chinese addresses by the divisions of today: parse, judge, key. Pure; the table beside it is read once."""

from oms.domain.address.key import dedupe_key
from oms.domain.address.standardise import Address, standardise, standardise_many
from oms.domain.address.table import TABLE_VERSION

__all__ = ["TABLE_VERSION", "Address", "dedupe_key", "standardise", "standardise_many"]
