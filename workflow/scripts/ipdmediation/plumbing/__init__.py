"""What the rules need in Python beside the analysis: code hashes, settings, provenance (light to import)."""
