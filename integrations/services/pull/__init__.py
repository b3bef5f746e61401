"""Reading the platforms' own order lists: what their messages did not bring comes from there."""
