"""Morale surveys: anonymous by construction, honest for small groups, answered by actions."""
