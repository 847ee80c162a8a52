"""The RQ dashboard at /rq, made safe: login, JSON alone, no change by GET, nothing personal."""

from flask import Flask

from app.runtime import Runtime


def mount_dashboard(app: Flask, runtime: Runtime) -> None:
    """Serve the RQ dashboard at /rq."""
