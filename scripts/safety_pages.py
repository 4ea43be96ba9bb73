"""The pages made from the hazard log and the blocking checks."""

from collections.abc import Iterator

import safety_log
from page_text import markdown_page, markdown_table
from safety_log import LIKELIHOODS, RISKS, SEVERITIES, Check, Hazard

NO_CONTROL = "No control yet."


def pages() -> Iterator[tuple[str, str]]:
    """Every page as (path below the folder, Markdown)."""
    yield "hazard-log.md", hazard_log(safety_log.hazards())
    yield "deployers-duties.md", duties(safety_log.checks())


def hazard_log(hazards: list[Hazard]) -> str:
    intro = (
        "Every hazard found so far, made from `docs/clinical-safety/hazards.toml`. Those who wrote the software "
        "proposed the judgements, and **no clinician has confirmed them**. A control is named only where a test of "
        "this repository holds it; the test's name is the evidence, and the suite runs it on every change. What is not "
        "controlled is said so, with what the service must not be used for."
    )
    overview = markdown_table(
        ("Id", "Hazard", "Severity", "Risk before", "Risk after", "Not controlled"),
        [
            (
                f"[{one.id}](#{one.id.lower()})",
                one.hazard,
                one.severity,
                str(one.initial_risk),
                str(one.residual_risk),
                one.gap,
            )
            for one in hazards
        ],
    )
    matrix = markdown_table(("Likelihood", *SEVERITIES), [(name, *map(str, RISKS[name])) for name in LIKELIHOODS[::-1]])
    return markdown_page(
        "Hazard log",
        intro,
        overview,
        *map(_hazard, hazards),
        "## How risks are rated\n\n1 is the least, 5 the most.\n\n" + matrix,
    )


def _hazard(one: Hazard) -> str:
    facts = markdown_table(
        ("", ""),
        [
            ("Cause", one.cause),
            ("Effect", one.effect),
            ("Harm", one.harm),
            ("Severity", one.severity),
            ("Likelihood before and after", f"{one.likelihood}, {one.residual_likelihood}"),
            ("Risk before and after", f"{one.initial_risk}, {one.residual_risk}"),
            ("Owner", one.owner),
        ],
    )
    controls = "\n".join(f"- {control.what}.\n{_tests(control.tests)}" for control in one.controls) or NO_CONTROL
    gap = f"**Not controlled:** {one.gap}" if one.gap else ""
    heading = f"## {one.id}. {one.hazard} {{#{one.id.lower()}}}"
    return "\n\n".join(part for part in (heading, facts, controls, gap) if part)


def _tests(tests: list[str]) -> str:
    return "\n".join(f"    - `{test}`" for test in tests)


def duties(checks: list[Check]) -> str:
    intro = (
        "The service's specification has checks that block a release. Each is held by tests, or is a duty of whoever "
        "deploys the service, because no software can do it; some are both. Made from"
        " `docs/clinical-safety/checks.toml`."
    )
    yours = markdown_table(("Check", "Your duty"), [(one.id, one.deployer) for one in checks if one.deployer])
    ours = "\n\n".join(f"**{one.id}. {one.asks}.**\n\n" + "\n".join(f"- `{t}`" for t in one.tests) for one in checks)
    return markdown_page("Deployer's duties", intro, "## Yours\n\n" + yours, "## What tests hold\n\n" + ours)
