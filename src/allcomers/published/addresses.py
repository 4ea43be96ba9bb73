"""Where NHS England keeps its published tables: one line a file.

Addresses are facts, transcribed; each says from where. None has been tried by us, because no machine of ours reaches
the site, so every one is "recorded". A file that has moved is found on its kind's page in `PUBLICATION_PAGES`.
"""

from dataclasses import dataclass, replace
from typing import Literal

Kind = Literal["annual", "monthly"]
Format = Literal["zip", "csv", "rar"]
Status = Literal["recorded"]

BASE_URL = "https://files.digital.nhs.uk"

_STATISTICAL = "https://digital.nhs.uk/data-and-information/publications/statistical/"
PUBLICATION_PAGES: dict[Kind, str] = {
    "annual": _STATISTICAL + "nhs-talking-therapies-for-anxiety-and-depression-annual-reports",
    "monthly": _STATISTICAL + "nhs-talking-therapies-monthly-statistics-including-employment-advisors",
}

NHSTT_ANNUAL = "nhstt project (github.com/bennettoxford/nhstt), raw_annual_data_config.yml at 0e7de45"
NHSTT_MONTHLY = "nhstt project (github.com/bennettoxford/nhstt), raw_monthly_data_config.yml at 0063f2c"
# The only month seen outside that list; the index in which it was found does not name the repository.
MAY_2026 = "a West Midlands data-sources page in a public repository, dated 2026-07-21"


@dataclass(frozen=True)
class PublishedFile:
    """One file that NHS England publishes.

    Parameters
    ----------
    period : a financial year ("2023-24") or a month ("2025-04").
    kind : "annual", the archive of the annual report's tables; "monthly", the month's activity and performance table.
    url : the file's own address.
    format : "zip", "csv" or "rar".
    status : "recorded": transcribed from `source`, never fetched by us.
    source : where the address was read.
    """

    period: str
    kind: Kind
    url: str
    format: Format
    status: Status
    source: str

    @property
    def name(self) -> str:
        """The file's name, as NHS England gives it."""
        return self.url.rsplit("/", 1)[-1]

    @property
    def publication_page(self) -> str:
        """The page on which NHS England lists this kind of file."""
        return PUBLICATION_PAGES[self.kind]

    def at(self, base_url: str) -> "PublishedFile":
        """The same file on another server that keeps NHS England's paths, such as a mirror."""
        return replace(self, url=base_url.rstrip("/") + self.url.removeprefix(BASE_URL))


def _year(period: str, path: str, *, archive: Format = "zip") -> PublishedFile:
    return PublishedFile(period, "annual", f"{BASE_URL}/{path}", archive, "recorded", NHSTT_ANNUAL)


def _month(period: str, path: str, *, source: str = NHSTT_MONTHLY) -> PublishedFile:
    return PublishedFile(period, "monthly", f"{BASE_URL}/{path}", "csv", "recorded", source)


# Oldest first within each kind. The archives' names follow no rule, nor does July 2025's.
PUBLISHED_FILES: tuple[PublishedFile, ...] = (
    _year("2017-18", "82/2CCBED/psych-ther-ann-2017-18-csvs.zip"),
    _year("2018-19", "88/EBA9A6/psych-ther-ann-2018-19-csvs.rar", archive="rar"),
    _year("2019-20", "1A/F2ABB3/psych-ther-ann-2019-20-csvs.zip"),
    _year("2020-21", "62/DBF395/psych-ther-ann-rep-csvs-2020-21.zip"),
    _year("2021-22", "DC/9E8751/psych-ther-ann-rep-csvs-2021-22.zip"),
    _year("2022-23", "CA/8F53D1/psych-ther-ann-rep-csvs-2022-23.zip"),
    _year("2023-24", "4E/6D88C2/psych-ther-ann-rep-csvs-2023-24.zip"),
    _year("2024-25", "4E/2104A0/psych-ther-ann-rep-csv-2024-25-2.zip"),
    _month("2023-05", "5A/7859F6/nhstalkingtherapies_month_may_2023_activity_performance.csv"),
    _month("2023-06", "3F/D75B04/nhstalkingtherapies_month_jun_2023_activity_performance.csv"),
    _month("2023-07", "D6/7E8345/nhstalkingtherapies_month_jul_2023_activity_performance.csv"),
    _month("2023-08", "64/7F735D/nhstalkingtherapies_month_aug_2023_activity_performance.csv"),
    _month("2023-09", "CA/27F447/nhstalkingtherapies_month_sep_2023_activity_performance.csv"),
    _month("2023-10", "13/EAED48/nhstalkingtherapies_month_oct_2023_activity_performance.csv"),
    _month("2023-11", "F6/57F7F3/nhstalkingtherapies_month_nov_2023_activity_performance.csv"),
    _month("2023-12", "D7/8264F5/nhstalkingtherapies_month_dec_2023_activity_performance.csv"),
    _month("2024-01", "62/7CCA0D/nhstalkingtherapies_month_jan_2024_activity_performance.csv"),
    _month("2024-02", "26/0B5CA5/nhstalkingtherapies_month_feb_2024_activity_performance.csv"),
    _month("2024-03", "4D/5A8BC7/nhstalkingtherapies_month_mar_2024_activity_performance.csv"),
    _month("2024-04", "30/50A7CE/nhstalkingtherapies_month_apr_2024_activity_performance.csv"),
    _month("2024-05", "29/B7E3E8/nhstalkingtherapies_month_may_2024_activity_performance.csv"),
    _month("2024-06", "3B/3DC051/nhstalkingtherapies_month_jun_2024_activity_performance.csv"),
    _month("2024-07", "3A/AEF808/nhstalkingtherapies_month_jul_2024_activity_performance.csv"),
    _month("2024-08", "CE/BB6A21/nhstalkingtherapies_month_aug_2024_activity_performance.csv"),
    _month("2024-09", "AF/0ECF15/nhstalkingtherapies_month_sep_2024_activity_performance.csv"),
    _month("2024-10", "27/016EFD/nhstalkingtherapies_month_oct_2024_activity_performance.csv"),
    _month("2024-11", "2D/AA889E/nhstalkingtherapies_month_nov_2024_activity_performance.csv"),
    _month("2024-12", "B8/E2E4AF/nhstalkingtherapies_month_dec_2024_activity_performance.csv"),
    _month("2025-01", "5B/4A488A/nhstalkingtherapies_month_jan_2025_activity_performance.csv"),
    _month("2025-02", "B4/A9E30F/nhstalkingtherapies_month_feb_2025_activity_performance.csv"),
    _month("2025-03", "D8/C94D7C/nhstalkingtherapies_month_mar_2025_activity_performance.csv"),
    _month("2025-04", "B7/F15915/nhstalkingtherapies_month_apr_2025_activity_performance.csv"),
    _month("2025-05", "5C/5C7F78/nhstalkingtherapies_month_may_2025_activity_performance.csv"),
    _month("2025-06", "CE/3E3DA3/nhstalkingtherapies_month_jun_2025_activity_performance.csv"),
    _month("2025-07", "30/203A87/nhstalkingtherapies_month_jul_2025_activity_final.csv"),
    _month("2025-08", "93/B77ED0/nhstalkingtherapies_month_aug_2025_activity_performance.csv"),
    _month("2025-09", "0C/824E81/nhstalkingtherapies_month_sep_2025_activity_performance.csv"),
    _month("2025-10", "24/2859BB/nhstalkingtherapies_month_oct_2025_activity_performance.csv"),
    _month("2025-11", "48/E209BF/nhstalkingtherapies_month_nov_2025_activity_performance.csv"),
    _month("2025-12", "C4/2F67F1/nhstalkingtherapies_month_dec_2025_activity_performance.csv"),
    _month("2026-01", "D3/4FFE1D/nhstalkingtherapies_month_jan_2026_activity_performance.csv"),
    _month("2026-02", "9B/280D3D/nhstalkingtherapies_month_feb_2026_activity_performance.csv"),
    _month("2026-03", "C5/C280AE/nhstalkingtherapies_month_mar_2026_activity_performance.csv"),
    _month("2026-05", "50/96081C/nhstalkingtherapies_month_may_2026_activity_performance.csv", source=MAY_2026),
)
