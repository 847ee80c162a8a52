"""Events on their way to other systems: signed, and only to addresses that may be reached."""
