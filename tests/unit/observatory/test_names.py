import pytest

from allcomers.observatory.names import readable


@pytest.mark.parametrize(
    ("published", "expected"),
    [
        ("NHS SHROPSHIRE, TELFORD AND WREKIN INTEGRATED CARE BOARD", "NHS Shropshire, Telford and Wrekin"),
        ("SOUTH EAST COMMISSIONING REGION", "South East"),
        ("THE RETREAT", "The Retreat"),
        ("ST HELEN'S MIND", "St Helen's Mind"),
        ("STAFFORDSHIRE AND STOKE-ON-TRENT", "Staffordshire and Stoke-on-Trent"),
        ("SUFFOLK AND NORTH EAST ESSEX ICS", "Suffolk and North East Essex ICS"),
        ("42ND STREET", "42nd Street"),
        ("NHS LANCASHIRE ICB - 01A", "NHS Lancashire ICB - 01A"),
        ("MIND MATTERS (UK) LTD", "Mind Matters (UK) Ltd"),
        ("GP-CARE CIC", "GP-Care CIC"),
        ("  EALING   IAPT ", "Ealing IAPT"),
        ("VitaMinds: LLR", "VitaMinds: LLR"),  # not all capitals: someone chose the letters
        ("", ""),
    ],
)
def test_a_published_name_is_written_as_people_write_it(published: str, expected: str) -> None:
    assert readable(published) == expected
