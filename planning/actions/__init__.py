"""What planning does: one function a verb, found here by their names."""

from planning.actions.adopting import Additions, Changes, Retirements, adopt, amend, close
from planning.actions.editing import Edit, Place, edit, move_card, shift

__all__ = [
    "Additions",
    "Changes",
    "Edit",
    "Place",
    "Retirements",
    "adopt",
    "amend",
    "close",
    "edit",
    "move_card",
    "shift",
]
