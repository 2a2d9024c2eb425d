"""Who may import whom (design.md section 3), and what every file keeps to."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver

ROOT = Path(__file__).resolve().parent.parent
APP = ROOT / "enrollment"

DOORS = {
    "actions",
    "models",
    "limits",
    "permissions",
    "apple.errors",
    "apple.setup_panes",
    "messengers.errors",
    "tasks",
}
# Of our own parts: what each may import besides itself.
MAY = {
    "limits": set(),
    "encryption": set(),
    "http": set(),
    "apple": {"http"},
    "messengers": {"http"},
    "simulator": {"apple.messages", "apple.setup_panes"},
    "models": {"limits", "encryption", "apple.setup_panes"},
    "permissions": {"models"},
    "connection": {"apple", "models", "encryption"},
    "actions": {"models", "apple", "messengers", "connection", "limits", "permissions", "encryption"},
    "tasks": DOORS - {"tasks"},
    "web": DOORS,
    "api": DOORS,
    "management": DOORS | {"simulator"},
    "templatetags": {"models"},
    "apps": set(),
}
WITHOUT_DJANGO = ("apple", "messengers", "simulator", "http")
LONGEST_FILE = 360  # lines
FILES = sorted(
    path
    for path in APP.rglob("*.py")
    if "migrations" not in path.parts and (path.name != "__init__.py" or path.stat().st_size)
)


def part_of(path: Path) -> str:
    return path.relative_to(APP).with_suffix("").parts[0]


def imports(path: Path) -> Iterator[tuple[str, ast.stmt]]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            # `from enrollment import limits` names a module by what it imports.
            names = (
                [f"enrollment.{alias.name}" for alias in node.names] if node.module == "enrollment" else [node.module]
            )
            yield from ((name, node) for name in names)
        elif isinstance(node, ast.Import):
            yield from ((alias.name, node) for alias in node.names)


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", FILES, ids=name)
def test_a_part_imports_only_what_it_may(path):
    part = part_of(path)
    for module, _node in imports(path):
        if module.startswith("django") and part in WITHOUT_DJANGO:
            pytest.fail(f"{module} in {part}, which knows no Django")
        if not module.startswith("enrollment."):
            continue
        target = module.removeprefix("enrollment.")
        allowed = target.split(".")[0] == part or any(
            target == may or target.startswith(f"{may}.") for may in MAY[part]
        )
        assert allowed, f"{part} imports {module}"


@pytest.mark.parametrize("path", FILES, ids=name)
def test_nothing_is_imported_inside_a_function(path):
    for function in ast.walk(ast.parse(path.read_text())):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            late = [node for node in ast.walk(function) if isinstance(node, ast.Import | ast.ImportFrom)]
            assert not late, f"line {late[0].lineno}"


@pytest.mark.parametrize("path", FILES, ids=name)
def test_files_stay_short_enough_to_read(path):
    assert len(path.read_text().splitlines()) <= LONGEST_FILE


# Files in actions/ that hold a rule several verbs read, not a verb.
RULES = {
    "audience",
    "device_columns",
    "every_condition",
    "finding",
    "look",
    "token_health",
    "warning",
    "warning_filter",
    "what_may_be_given",
    "where_it_is",
    "which_profile",
}


@pytest.mark.parametrize(
    "path", [path for path in FILES if part_of(path) == "actions" and path.parent.name != "conditions"], ids=name
)
def test_a_verb_stands_in_the_file_of_its_name(path):
    functions = {node.name for node in ast.parse(path.read_text()).body if isinstance(node, ast.FunctionDef)}
    assert path.stem in functions | RULES


@pytest.mark.parametrize("path", [path for path in FILES if part_of(path) == "actions"], ids=name)
def test_actions_never_enqueue_and_know_no_request(path):
    text = path.read_text()
    assert ".delay(" not in text
    assert "apply_async" not in text
    assert "HttpRequest" not in text


def test_there_is_no_second_unscoped_door():
    assert "django.contrib.admin" not in settings.INSTALLED_APPS


def test_every_page_of_ours_asks_who_it_is():
    """LoginRequiredMiddleware guards them all; what is exempt is named here."""

    def walk(patterns: list[URLPattern | URLResolver]) -> Iterator[URLPattern]:
        for pattern in patterns:
            if isinstance(pattern, URLResolver):
                yield from walk(pattern.url_patterns)
            else:
                yield pattern

    ours = [
        p for p in walk(get_resolver().url_patterns) if p.lookup_str.startswith(("enrollment.", "drf_spectacular."))
    ]
    exempt = {
        p.name for p in ours if not getattr(p.callback, "login_required", True) and not hasattr(p.callback, "cls")
    }
    assert len(ours) > 30
    before_signing_in = {"set_language", "first-administrator", "openid_connect_login", "openid_connect_callback"}
    with_a_secret = {"api-calendar-feed"}
    for_balancers = {"health-live", "health-ready"}
    assert exempt == before_signing_in | with_a_secret | for_balancers
