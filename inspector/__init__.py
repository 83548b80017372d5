"""Shelf inspector."""
