"""`allcomers derive` of an England-year against a quarter of one, and against merely reading the same Parquet files.

Goals (on 2 free cores): England-year (1.8 million referrals) under 12 s and 6 GB; cost linear in referrals. The data
hold the run-in as well: referrals of the 18 months before that were still open.

    python benchmarks/derive/run.py [REFERRALS] [FOLDER]     1,800,000, in a temporary folder, unless given
"""

from benchmarks.measuring import growth

if __name__ == "__main__":
    growth("derive", "--out", "{out}")
