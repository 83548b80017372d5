"""Seeded pictures of shop shelves with exact three-dimensional truth.

World frame: metres, X right, Y into the shelf, Z up; floor at z = 0, fixture front plane at y = 0.
Pixels are continuous with the origin at the picture's top-left corner.
"""
