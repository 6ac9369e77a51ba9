"""The pure rules of alignment: the figures of METHOD §7, arrays in and out."""
