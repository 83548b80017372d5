"""Weights of the inspector's eyes, how they were trained and how good they are."""
