"""The 21 tables of the national data set, version 2.1: 520 fields, submitted and derived.

Sources: NHS England, Reusable Code Library (published 2026): IAPT v2.1 data model, submission definitions,
commissioning extract definition, v2.0 validation rules; NHS Data Model and Dictionary, Improving Access to
Psychological Therapies Data Set; West and North London ICB analytics, IAPT data set raw layer (2026), for the seven
warehouse columns.
"""

from allcomers.dataset.tables.ids000 import IDS000
from allcomers.dataset.tables.ids001 import IDS001
from allcomers.dataset.tables.ids002 import IDS002
from allcomers.dataset.tables.ids003 import IDS003
from allcomers.dataset.tables.ids004 import IDS004
from allcomers.dataset.tables.ids007 import IDS007
from allcomers.dataset.tables.ids011 import IDS011
from allcomers.dataset.tables.ids012 import IDS012
from allcomers.dataset.tables.ids101 import IDS101
from allcomers.dataset.tables.ids105 import IDS105
from allcomers.dataset.tables.ids108 import IDS108
from allcomers.dataset.tables.ids201 import IDS201
from allcomers.dataset.tables.ids202 import IDS202
from allcomers.dataset.tables.ids205 import IDS205
from allcomers.dataset.tables.ids601 import IDS601
from allcomers.dataset.tables.ids602 import IDS602
from allcomers.dataset.tables.ids603 import IDS603
from allcomers.dataset.tables.ids606 import IDS606
from allcomers.dataset.tables.ids607 import IDS607
from allcomers.dataset.tables.ids803 import IDS803
from allcomers.dataset.tables.ids902 import IDS902

TABLES = (
    IDS000,
    IDS001,
    IDS002,
    IDS003,
    IDS004,
    IDS007,
    IDS011,
    IDS012,
    IDS101,
    IDS105,
    IDS108,
    IDS201,
    IDS202,
    IDS205,
    IDS601,
    IDS602,
    IDS603,
    IDS606,
    IDS607,
    IDS803,
    IDS902,
)
BY_CODE = {table.code: table for table in TABLES}
BY_NAME = {table.name: table for table in TABLES}
