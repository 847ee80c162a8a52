"""Flask, and nothing but Flask: take input, call a use case, turn the result into a response."""
