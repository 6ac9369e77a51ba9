"""What planning does: one function a verb, found here by their names."""

from planning.actions.adopting import Additions, Changes, Retirements, adopt, amend, close

__all__ = ["Additions", "Changes", "Retirements", "adopt", "amend", "close"]
