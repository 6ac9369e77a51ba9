"""The verbs of background work: order, watch, stop, repeat, and keep what was made.

`enqueue` and `advance` and `keep_file` are for every app. The others are for the worker (`jobs.worker`) and the pages.
"""

from jobs.actions.files import keep_file
from jobs.actions.ordering import cancel, enqueue, retry
from jobs.actions.progress import Cancelled, Superseded, advance
from jobs.actions.running import claim, fail, finish, put_back

__all__ = [
    "Cancelled",
    "Superseded",
    "advance",
    "cancel",
    "claim",
    "enqueue",
    "fail",
    "finish",
    "keep_file",
    "put_back",
    "retry",
]
