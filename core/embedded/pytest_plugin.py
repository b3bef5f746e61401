"""Loaded by `-p` before pytest-django reads the settings."""
