"""How right the inspector is, measured against pictures whose truth is known."""
