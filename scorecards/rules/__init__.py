"""The pure rules of scorecards: numbers in, numbers out; no Django, no rows, no settings, no clock (METHOD §2, §3, §5).

Arrays in, arrays out: length 1 for a form, n for a rebuild, elementwise the same, so that a rebuild is bit-identical
to what single writes left. `refusals` says what may not be saved, `scoring` turns values into scores, `status` names
them and says why there is none, `aggregation` takes values to longer and shorter periods, `rollup` takes scores up the
tree.
"""
