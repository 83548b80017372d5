"""The nouns of the inspector: what every room speaks of.

Standard library and NumPy only; no camera library, no I/O. Read them in the order of the line:
`capture` → `scene` → `facts` → `verdict` → `report`.
"""
