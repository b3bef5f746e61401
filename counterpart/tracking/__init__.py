"""Parcels on their way: what happens to them, in three carriers' words, pushed with the faults of real networks."""
