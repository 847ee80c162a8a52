"""A copy of everybody's preferences in a SQL database, for queries that join it."""
