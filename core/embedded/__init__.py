"""PostgreSQL and Valkey on this machine, out of wheels: started, found, shared and stopped. Imports no Django."""
