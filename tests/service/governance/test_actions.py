"""What holds of every app: actions are actions, views read through selectors, events have words for the person."""

import ast
import importlib
import inspect
from pathlib import Path

import pytest

import allcomers.service
from allcomers.service.governance import table

SERVICE = Path(next(iter(allcomers.service.__path__)))
WRITES = {
    "save",
    "create",
    "bulk_create",
    "update",
    "update_or_create",
    "get_or_create",
    "delete",
    "save_version",
    "withdraw",
}
MAY_WRITE = {  # the machinery under the actions, and the demonstration
    "append_only.py",
    "audit.py",
    "demonstration.py",
    "drafts.py",
    "limits.py",
    "models.py",
    "records.py",
}


def modules(name: str) -> list[Path]:
    return sorted(SERVICE.rglob(name))


def public_functions(path: Path) -> list[tuple[str, object]]:
    module = importlib.import_module("allcomers.service." + ".".join(path.relative_to(SERVICE).with_suffix("").parts))
    here = [one for one in vars(module).items() if getattr(one[1], "__module__", "") == module.__name__]
    return [(name, one) for name, one in here if inspect.isfunction(one) and not name.startswith("_")]


@pytest.mark.parametrize("path", modules("actions.py"), ids=lambda path: path.parent.name)
def test_every_function_of_actions_is_an_action_that_says_who_acts(path: Path) -> None:
    functions = public_functions(path)
    assert functions
    assert [name for name, one in functions if not getattr(one, "is_action", False)] == []
    assert [name for name, one in functions if "by" not in inspect.signature(one).parameters] == []  # type: ignore[arg-type]


@pytest.mark.parametrize("path", sorted(SERVICE.rglob("*.py")), ids=lambda path: str(path.relative_to(SERVICE)))
def test_only_actions_write(path: Path) -> None:
    """A row is written by a function marked `@action`, or by a private one in a module of actions."""
    if path.name in MAY_WRITE or "migrations" in path.parts:
        return
    functions = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.FunctionDef)]
    has_actions = any(_is_action(function) for function in functions)
    outside = [one for one in functions if not (_is_action(one) or (has_actions and one.name.startswith("_")))]
    writing = {f"{one.name}: {ast.unparse(call)}" for one in outside for call in _writes(one)}
    assert writing == set()


def _is_action(function: ast.FunctionDef) -> bool:
    return any(ast.unparse(decorator) == "action" for decorator in function.decorator_list)


def _writes(function: ast.FunctionDef) -> list[ast.Attribute]:
    calls = [node.func for node in ast.walk(function) if isinstance(node, ast.Call)]
    return [one for one in calls if isinstance(one, ast.Attribute) and one.attr in WRITES and _on_rows(one)]


def _on_rows(call: ast.Attribute) -> bool:
    return "objects" in ast.unparse(call.value) or call.attr in {"save", "save_version", "withdraw"}


@pytest.mark.parametrize(
    "path", [*modules("views.py"), *modules("*_views.py")], ids=lambda path: str(path.relative_to(SERVICE))
)
def test_views_reach_no_rows_by_themselves(path: Path) -> None:
    """`Model.objects` in a view would step around what the viewer may see."""
    reached = [
        node
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and node.attr.endswith("objects")
    ]
    assert [ast.unparse(one) for one in reached] == []


def test_every_event_that_can_concern_a_person_has_words_for_them() -> None:
    """Of a name put together when it runs (`f"referral.{state}"`) only the beginning can be looked up here."""
    named = {entry.reads for entry in table.entries().values() if entry.reads}
    for path in SERVICE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if (
                isinstance(node, ast.Call)
                and ast.unparse(node.func).endswith("audit.record")
                and _concerns_a_person(node)
            ):
                named |= {one.value for one in ast.walk(node.args[0]) if isinstance(one, ast.Constant)}
    known = table.readings()
    begun = {name for name in named if name.endswith((".", "_")) and any(one.startswith(name) for one in known)}
    assert {name for name in named - begun if name not in known} == set()


def _concerns_a_person(call: ast.Call) -> bool:
    return any(keyword.arg == "person" for keyword in call.keywords)
