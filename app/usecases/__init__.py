"""The story in reading order: receive, apply, confirm; and check, change, sweep beside it."""
