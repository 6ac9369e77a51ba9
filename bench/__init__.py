"""Speed measured as SPEED.md asks: CPU of web processes and PostgreSQL around a bounded load, in one run, as ratios.

`python -m bench --scale M` loads an organisation of that size, serves it by gunicorn with two sync workers beside a
bare signed-in page (the floor F), and prints each figure with its bar. Latencies depend on the machine; ratios little.
"""
