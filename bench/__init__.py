"""Measurements, always beside something known, as ratios within one run. Never part of the tests."""
