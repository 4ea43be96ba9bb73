"""The colours, once: pages and charts read them here.

Each pair of ink on paper meets a contrast of 4.5 to 1, and no meaning rests on colour alone.
"""

INK = "#1d2430"
MUTED = "#545b66"
PAPER = "#fffdf8"
SAND = "#f3ecdf"
LINE = "#cfc5b3"
ALL_COMERS = "#0b5563"
OFFICIAL = "#9a4a00"
FINISHED = "#7fb0b8"
LINK = "#0b4f8a"
FOCUS = "#ffd54a"
ALERT = "#8c1d18"
"""Only for a warning about the data."""
