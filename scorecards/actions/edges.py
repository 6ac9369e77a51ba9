"""Dated weights: a change closes one range and opens the next, so that history keeps the weights of its time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from django.db.models import Q
from psycopg2.extras import DateRange

from scorecards.models import Edge

NewEdge = tuple[int, int, Decimal, date]
"""Parent, child, weight, first day."""


def open_edges(rows: Iterable[NewEdge]) -> None:
    """Let children count from a day on."""
    Edge.objects.bulk_create(
        Edge(parent_id=parent, child_id=child, weight=weight, valid=DateRange(from_on, None))
        for parent, child, weight, from_on in rows
    )


def close_edges(*, child: int, from_on: date, parents: Iterable[int] | None = None) -> Decimal | None:
    """End the weights of a child from a day on, in these parents or in all; the weight of the last that was open."""
    edges = Edge.objects.filter(child_id=child).filter(_reaches(from_on)).order_by("parent_id", "pk")
    if parents is not None:
        edges = edges.filter(parent_id__in=list(parents))
    weight = None
    for edge in edges:
        weight = edge.weight
        end_edge(edge, from_on)
    return weight


def end_edge(edge: Edge, from_on: date) -> None:
    """End one weight; one that had not begun by then is taken away, its history is the audit."""
    lower = edge.valid.lower
    if lower is not None and lower >= from_on:
        edge.delete()
        return
    edge.valid = DateRange(lower, from_on)
    edge.save(update_fields=["valid"])


def reweigh(edge: Edge, weight: Decimal, from_on: date) -> None:
    """Another weight from a day on; the old one keeps the time before it."""
    if edge.weight == weight:
        return
    lower, upper = edge.valid.lower, edge.valid.upper
    if lower == from_on:
        edge.weight = weight
        edge.save(update_fields=["weight"])
        return
    edge.valid = DateRange(lower, from_on)
    edge.save(update_fields=["valid"])
    Edge.objects.create(
        parent_id=edge.parent_id, child_id=edge.child_id, weight=weight, valid=DateRange(from_on, upper)
    )


def _reaches(day: date) -> Q:
    """Weights that hold on a day or later."""
    return Q(valid__endswith__gt=day) | Q(valid__endswith__isnull=True)
