"""The pure rules of planning: the strategy on trial, options, assumptions, scenarios, the plan check (METHOD §3a, §14, §16, §18).

Numbers and frozen descriptions in, numbers and typed findings out; no Django, no rows, no settings, no clock, no sentence.
"""
