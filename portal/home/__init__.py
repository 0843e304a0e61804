"""What is made of several domains: the front page, case stories from wins, the weekly digest, editors' numbers."""

from .digest_mail import STRETCH, Digests

__all__ = ["STRETCH", "Digests"]
