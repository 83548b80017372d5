"""Seeing: packs, text, tags and edges in a photo. The only room that imports the models."""
