"""Sales channels: one folder per platform, each a set of pure functions gathered into one `Channel` record."""
