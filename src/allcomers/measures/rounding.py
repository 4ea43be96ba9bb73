"""NHS England's rule for numbers below England level: those under 5 are withheld, others rounded to the nearest 5.

Source: NHS England, annual data 2024-25 and dashboard SQL (`ROUND((n + 2) / 5) * 5`, counts under 5 withheld).
"""

SMALLEST_SHOWN = 5
ROUNDED_TO = 5
HALF_ROUNDING = ROUNDED_TO // 2
