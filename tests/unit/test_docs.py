"""The documentation says nothing that is not so: commands exist, pages are found, quotations are current."""

import importlib.util
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import polars as pl
import pytest
import typer
import yaml

from allcomers.cli import app
from allcomers.observatory import words
from allcomers.observatory.data_files import DESCRIPTIONS
from allcomers.observatory.declarations import QUESTIONS, read_declarations
from allcomers.observatory.headline import Totals, totals
from allcomers.observatory.places import OPTIONAL_COLUMNS, REFERENCE_COLUMNS, Place, places
from allcomers.published.example import write_example, write_organisations
from allcomers.published.figures import FIGURE_COLUMNS, FIGURES, figures
from allcomers.published.tables import read_tables

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
GENERATED = DOCS / "reference" / "generated"
TOP = tuple(ROOT / name for name in ("README.md", "DEVELOPERS.md", "CHANGELOG.md"))
WRITTEN = (*TOP, *(path for path in sorted(DOCS.rglob("*.md")) if GENERATED not in path.parents))
TUTORIAL = DOCS / "tutorials" / "find-out-how-your-local-service-is-doing.md"
# In two halves each, so that this file does not name what no file may name.
REGISTRY_HOSTS = ("pypi." + "org", "files.python" + "hosted.org", "registry.npm" + "js.org", "deb.deb" + "ian.org")


def commands(command: Any, name: str = "allcomers") -> Iterator[tuple[str, Any]]:
    """Every command that does something, with its whole name: groups are left out."""
    if not hasattr(command, "commands"):
        yield name, command
        return
    for child in command.commands.values():
        yield from commands(child, f"{name} {child.name}")


COMMANDS = dict(commands(typer.main.get_command(app)))
OPTIONS = {
    name: {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
    for name, command in COMMANDS.items()
}


def shown_commands(text: str) -> set[str]:
    """What stands after `allcomers` wherever a page shows a command: in an indented line or between backquotes."""
    indented = re.findall(r"^(?: {4}|\t)(?:\.venv/bin/)?allcomers (.+)$", text, flags=re.MULTILINE)
    quoted = re.findall(r"`(?:\.venv/bin/)?allcomers ([^`]+)`", text)
    return {line.split(" #")[0].strip() for line in (*indented, *quoted)}


def named_in(line: str) -> str | None:
    """The command that a shown line calls; None where there is no such command."""
    parts = ["allcomers", *line.split()]
    return next((name for length in (3, 2) if (name := " ".join(parts[:length])) in COMMANDS), None)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_page_written_by_hand_shows_every_command(name: str) -> None:
    shown = {named_in(line) for path in WRITTEN if path not in TOP for line in shown_commands(path.read_text())}
    assert name in shown, f"no page of docs/ shows `{name}`"


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_command_and_option_that_is_shown_exists(path: Path) -> None:
    for line in shown_commands(path.read_text()) - {"…"}:
        name = named_in(line)
        assert name, f"`allcomers {line}` is not a command"
        unknown = set(re.findall(r"(?<!\S)--[a-z-]+", line)) - OPTIONS[name] - {"--help"}
        assert not unknown or COMMANDS[name].context_settings.get("ignore_unknown_options"), (
            f"`{name}` has no {unknown}"
        )


@pytest.mark.parametrize("path", TOP, ids=lambda path: path.name)
def test_every_make_target_that_is_named_exists(path: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE))
    text = path.read_text()
    named = set(re.findall(r"^ {4}make ([a-z-]+)", text, flags=re.MULTILINE)) | set(
        re.findall(r"`make ([a-z-]+)", text)
    )
    assert named <= targets


def test_every_page_in_the_navigation_is_there_and_every_page_written_by_hand_is_in_it() -> None:
    def pages(entry: Any) -> Iterator[str]:
        if isinstance(entry, str):
            yield entry
        else:
            for child in entry.values() if isinstance(entry, dict) else entry:
                yield from pages(child)

    listed = list(pages(yaml.safe_load((ROOT / "mkdocs.yml").read_text())["nav"]))
    assert sorted(listed) == sorted(path.relative_to(DOCS).as_posix() for path in WRITTEN if path not in TOP)


def test_links_between_the_documents_at_the_top_are_good() -> None:
    for path in (*TOP, ROOT / "GLOSSARY.md"):
        targets = re.findall(r"\]\((?!https?:|#)([^)#]+)", path.read_text())
        missing = [target for target in targets if not (ROOT / target).exists()]
        assert not missing, f"{path.name}: {missing}"


def test_the_glossary_is_in_alphabetical_order_and_says_each_word_once() -> None:
    found = re.findall(r"^\*\*(.+?)\*\*:", (ROOT / "GLOSSARY.md").read_text(), flags=re.MULTILINE)
    terms = [term.casefold() for term in found]
    assert len(terms) > 40
    assert terms == sorted(set(terms))


def test_no_tracked_text_names_a_registry() -> None:
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    paths = [ROOT / name for name in tracked.decode().split("\0") if name]
    assert paths
    naming = [path for path in paths if path.is_file() and _names_a_registry(path.read_bytes())]
    assert not naming


def _names_a_registry(content: bytes) -> bool:
    return any(host.encode() in content for host in REGISTRY_HOSTS)


def test_the_contract_of_figures_csv_lists_its_columns_figures_and_bases_in_order() -> None:
    text = (DOCS / "reference" / "figures-csv.md").read_text()
    rows = re.findall(r"^\| `([a-z_]+)` \| (?:text|whole number|number[^|]*) \| (.+) \|$", text, flags=re.MULTILINE)
    assert tuple(name for name, _ in rows) == FIGURE_COLUMNS
    holds = dict(rows)
    assert re.findall(r"`([a-z_]+)`", holds["figure"]) == [figure.name for figure in FIGURES]
    assert set(re.findall(r"`([a-z_]+)`", holds["base"])) == {base.name for one in FIGURES for base in one.bases}
    assert all(f"data/{name}" in text for name in DESCRIPTIONS)


def test_the_guide_to_publishing_lists_the_columns_and_questions_there_are(tmp_path: Path) -> None:
    text = (DOCS / "how-to" / "publish-the-observatory.md").read_text()
    columns = re.findall(r"^\| `([a-z_]+)` \| (yes|no) \|", text, flags=re.MULTILINE)
    assert columns == [*((name, "yes") for name in REFERENCE_COLUMNS), *((name, "no") for name in OPTIONAL_COLUMNS)]
    assert all(f"| `{question.key}` | {question.text} |" in text for question in QUESTIONS)
    example = re.search(r"```toml\n(.+?)```", text, flags=re.DOTALL)
    assert example
    (tmp_path / "interests.toml").write_text(example[1])
    assert all(answer.declared for answer in read_declarations(tmp_path / "interests.toml"))


def _service(folder: Path, code: str) -> tuple[Place, Totals]:
    """A service of the synthetic example in its latest year, as its page shows it."""
    counts = read_tables(write_example(folder, years=("2023-24",))).counts.filter(pl.col("org_code") == code)
    reference = pl.read_csv(write_organisations(folder), infer_schema=False)
    (place,) = places(counts, reference)
    return place, totals(counts, figures(counts))[place.level, code]["2023-24"]


def test_the_tutorial_quotes_the_page_as_it_is(tmp_path: Path) -> None:
    """The tutorial reads one page of the synthetic site aloud; the page's own words are made here again."""
    place, total = _service(tmp_path, "ZZP01")
    text = " ".join(TUTORIAL.read_text().split())
    first_sentence = words.left_out(total).split(". ")[0]
    recovery = words.interval(total.figures["recovery", "official"])
    for said in (words.headline(place, total), words.official(total), first_sentence, recovery):
        assert said.replace("\u00a0", " ") in text


def _script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / "scripts" / f"{name}.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_generated_pages_hold_every_command_option_and_figure(tmp_path: Path) -> None:
    _script("published_pages").write(tmp_path)
    commands_page = (tmp_path / "commands.md").read_text()
    for name, options in OPTIONS.items():
        assert f"`{name}`" in commands_page
        assert all(option in commands_page for option in options if option.startswith("--"))
    figures_page = (tmp_path / "figures.md").read_text()
    assert all(base.formula in figures_page for figure in FIGURES for base in figure.bases)


def test_the_navigation_lists_the_top_of_what_was_generated(tmp_path: Path) -> None:
    folder = tmp_path / "reference" / "generated"
    for path in ("commands.md", "codes/index.md", "codes/gender.md"):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text("# A page\n")
    config = {"docs_dir": str(tmp_path), "nav": [{"Reference": ["reference/index.md"]}]}
    _script("docs_navigation").on_config(config)
    pages = ["reference/index.md", "reference/generated/codes/index.md", "reference/generated/commands.md"]
    assert config["nav"] == [{"Reference": pages}]
