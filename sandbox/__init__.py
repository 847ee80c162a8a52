"""A stand-in for WhatsApp and 360dialog on one's own machine.

One process, loopback only, everything in memory. It is a tool for developers and tests and
refuses to start on a hosting platform.
"""
