"""Interfaces for other programs: they read everything and are imported by nobody."""
