"""Small tables that the plan looks things up in: what each score's scale is, and what each therapy code means.

They are made from `allcomers.instruments` and `allcomers.codes`, so that no range and no code is written twice. Looking
a code up costs one join; a `case` over the codes was asked of each of 31 million scores.
"""

from decimal import Decimal

import polars as pl

from allcomers.codes.therapy import EMPLOYMENT_SUPPORT, THERAPIES, Intensity
from allcomers.engine.expression import Type
from allcomers.instruments.registry import Registry
from allcomers.pathways.derivations.scores import ASKED_OF_EVERYONE, with_fields
from allcomers.pathways.derivations.therapy import therapy_name

SCORE_SCALE, THERAPY_TYPE, ORGANISATION = "score_scale", "therapy_type", "organisation"

COLUMNS = {
    SCORE_SCALE: {
        "CodedAssToolType": Type.TEXT,
        "instrument": Type.TEXT,
        "lowest": Type.DECIMAL,
        "highest": Type.DECIMAL,
        "steps_per_point": Type.INTEGER,
        "is_for_everyone": Type.BOOLEAN,
    },
    THERAPY_TYPE: {
        "CodeProcAndProcStatus": Type.TEXT,
        "therapy": Type.TEXT,
        "is_employment_support": Type.BOOLEAN,
        "is_high_intensity": Type.BOOLEAN,
        "is_low_intensity": Type.BOOLEAN,
        "is_high_stage": Type.BOOLEAN,
        "is_low_stage": Type.BOOLEAN,
    },
    ORGANISATION: dict.fromkeys(
        ("kind", "code", "name", "icb_code", "icb_name", "region_code", "region_name"), Type.TEXT
    ),
}
_POLARS = {
    Type.TEXT: pl.String(),
    Type.DECIMAL: pl.Decimal(9, 3),
    Type.INTEGER: pl.Int64(),
    Type.BOOLEAN: pl.Boolean(),
}


def frame(table: str, rows: list[dict[str, object]]) -> pl.DataFrame:
    """Rows as a table with the columns that the plan expects, also when there are none."""
    return pl.DataFrame(rows, schema={name: _POLARS[kind] for name, kind in COLUMNS[table].items()})


def score_scales(registry: Registry | None = None) -> list[dict[str, object]]:
    """One row a questionnaire with national fields: its code and its scale."""
    return [
        {
            "CodedAssToolType": one.snomed.code,
            "instrument": one.key,
            "lowest": Decimal(one.scale().low),
            "highest": Decimal(one.scale().high),
            "steps_per_point": one.scale().steps_per_point,
            "is_for_everyone": one.key.startswith(ASKED_OF_EVERYONE),
        }
        for one in with_fields(registry)
        if one.snomed
    ]


def therapy_types() -> list[dict[str, object]]:
    """One row a therapy code that national counts know."""
    return [
        {
            "CodeProcAndProcStatus": one.code,
            "therapy": None if one is EMPLOYMENT_SUPPORT else therapy_name(one.count_field),
            "is_employment_support": one is EMPLOYMENT_SUPPORT,
            "is_high_intensity": one.intensity is Intensity.HIGH,
            "is_low_intensity": one.intensity is Intensity.LOW,
            "is_high_stage": one.intensity is Intensity.HIGH and one.in_stages,
            "is_low_stage": one.intensity is Intensity.LOW and one.in_stages,
        }
        for one in THERAPIES
    ]
