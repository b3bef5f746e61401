"""A Django database backend: PostgreSQL that is started when a first connection is wanted."""
