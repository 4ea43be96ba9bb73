"""`allcomers check` of an England-year against a quarter of one, and against merely reading the same Parquet files.

Goals (on 2 cores): England-year (1.8 million referrals) under 60 s and 4 GB; cost linear in referrals.

    python benchmarks/check/run.py [REFERRALS] [FOLDER]     1,800,000, in a temporary folder, unless given
"""

from benchmarks.measuring import growth

if __name__ == "__main__":
    growth("check")
