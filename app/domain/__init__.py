"""The rules: pure functions on plain values; no clock, no I/O, no environment, no logging."""
