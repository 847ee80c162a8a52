"""Recognition: what a message or a tap asks about being messaged.

Pure functions over data; see docs/recognition.md for the ladder of rules.
"""

from app.recognition.buttons import recognize_button
from app.recognition.errors import LexiconError
from app.recognition.lexicon import BusinessWords, Lexicon
from app.recognition.loader import load_lexicon
from app.recognition.negation import negates
from app.recognition.recognizer import recognize
from app.recognition.result import NONE, Certainty, Recognition

__all__ = [
    "NONE",
    "BusinessWords",
    "Certainty",
    "Lexicon",
    "LexiconError",
    "Recognition",
    "load_lexicon",
    "negates",
    "recognize",
    "recognize_button",
]
