"""Official measures that the data set cannot answer, each with the reason; every id is here or in the catalogue.

Every one of the 343 can be computed from version 2.1. What some leave out is said once here: the employment measures
EA050-EA057 and M316-M331 also read tables of version 1.5 for pathways that began before September 2020, which no
version 2.1 data set holds.
"""

from collections.abc import Mapping

NOT_COMPUTED: Mapping[str, str] = {}
