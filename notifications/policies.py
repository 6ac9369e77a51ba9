"""What people were told is their own business: nobody else reads it."""

from __future__ import annotations

from core.access import EVERYONE, Grant, Policy, policy, rel
from notifications.models import Notification, Preference

OWN = Grant(EVERYONE, rel("person"))


@policy(Notification)
class NotificationPolicy(Policy):
    unit = ""
    owner = "person"
    grants = {"view": [OWN], "mark_read": [OWN]}


@policy(Preference)
class PreferencePolicy(Policy):
    unit = ""
    owner = "person"
    grants = {"view": [OWN], "change": [OWN]}
