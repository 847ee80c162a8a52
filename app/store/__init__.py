"""Redis, and nothing but Redis."""
