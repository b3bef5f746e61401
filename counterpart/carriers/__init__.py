"""The carriers' ordering interfaces."""

BAD_PLACE = "不派送"  # an address that holds this is refused, to see what becomes of its neighbours
