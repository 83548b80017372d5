"""Data for the inspector: a generator of shelf scenes, its samples, and cards of all sources."""
