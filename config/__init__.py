"""Plain values in, typed values out: the environment, business.toml, and the data files."""
