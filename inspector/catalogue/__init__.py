"""The register of goods, and reading a pack by it."""
