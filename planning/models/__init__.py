"""Records of process 4."""

from planning.models.trials import LinkTrial

__all__ = ["LinkTrial"]
