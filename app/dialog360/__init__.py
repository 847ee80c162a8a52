"""360dialog's wire format, and nothing else: what arrives, what leaves, what went wrong."""
