"""A demo's people and platforms: real messages through the real hooks, real scans through the real services."""
