"""The command line: `flask --app app …`, for people who look after Heed."""

from flask import Flask

from app.runtime import Runtime


def register_commands(app: Flask, runtime: Runtime) -> None:
    """Give the application its commands."""
