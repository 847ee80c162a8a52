"""The parts of `app.dialog360.webhook`, one per kind of thing that a notification carries."""
