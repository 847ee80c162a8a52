"""The console of customer service at /console: look people up, read, change, decide."""

from app.web.console.blueprint import create_console

__all__ = ["create_console"]
