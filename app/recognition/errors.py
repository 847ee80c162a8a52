"""The one error of this package."""


class LexiconError(ValueError):
    """A lexicon file says something that cannot be used; the text names file and place."""
