"""Which way a formula would read itself."""

from collections.abc import Collection, Mapping


def find_loop(start: str, inputs: Mapping[str, Collection[str]]) -> list[str]:
    """The shortest way from a measure through what it reads back to itself, both ends named; empty if there is none.

    `inputs` are the codes each calculated measure reads.
    """
    before: dict[str, str] = {}
    waiting = [start]
    for measure in waiting:
        for read in inputs.get(measure, ()):
            if read == start:
                return [*_way(start, measure, before), start]
            if read not in before:
                before[read] = measure
                waiting.append(read)
    return []


def _way(start: str, measure: str, before: Mapping[str, str]) -> list[str]:
    way = [measure]
    while way[-1] != start:
        way.append(before[way[-1]])
    return way[::-1]
