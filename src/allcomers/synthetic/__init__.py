"""Records of people who do not exist, calibrated to published figures.

>>> from datetime import date
>>> from allcomers.synthetic import Plan, generate
>>> frames = generate(Plan(referrals=1_000, start=date(2024, 4, 1), months=12, seed=1))
>>> frames["IDS101Referral"].height > 1_000
True

Nothing here is evidence about people: it returns what went into it, which is published figures and design values.
"""

from allcomers.synthetic.generating import generate
from allcomers.synthetic.plan import Plan
from allcomers.synthetic.writing import FileFormat, Form, write

__all__ = ["FileFormat", "Form", "Plan", "generate", "write"]
