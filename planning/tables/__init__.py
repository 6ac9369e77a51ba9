"""Columns of planning's files, a module for each noun."""
