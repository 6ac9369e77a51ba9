"""Northmere Health, the demonstration organisation: an invented health system with three years of figures in it.

The words and numbers are of our own writing. Everything follows from a seed and a day: the newest figures are always
those of the last month that is over. `manage.py load_demo` writes it through the same actions that people use.
"""
