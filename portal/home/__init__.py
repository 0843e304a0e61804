"""The front page, made of several domains."""
