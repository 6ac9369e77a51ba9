"""A dataset as a download (`core.downloads`)."""

from core.downloads import download

__all__ = ["download"]
