"""Lampa: a knowledge base and staff-engagement portal."""

__version__ = "0.1.0"
