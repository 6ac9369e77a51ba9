"""`manage.py check_subjects`: proves that search and links know every record as it is (DATAMODEL A3)."""

from typing import Any

from django.core.management import BaseCommand, CommandError

from core.subjects import kinds
from organization.models import Subject
from organization.subjects import differences


class Command(BaseCommand):
    help = "Compare every Subject row with the record it was made from; print the differences, and end with 1 if any."

    def handle(self, **_: Any) -> None:
        found = differences()
        for line in found:
            self.stdout.write(line)
        if found:
            raise CommandError(f"{len(found)} subjects differ from their records.", returncode=1)
        self.stdout.write(f"All {Subject.objects.count()} subjects of {len(kinds())} kinds equal their records.")
