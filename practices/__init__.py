"""Process 9, Best Practice Sharing: library, finder, adoption, evidence."""
