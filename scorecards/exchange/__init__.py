"""File formats of process 1: tables of measures."""
