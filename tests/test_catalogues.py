"""French is whole: nothing missing, fuzzy or forgotten in the code, and what is compiled is what is written."""

import ast
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import polib
import pytest
from django.utils.dates import MONTHS, MONTHS_3, WEEKDAYS, WEEKDAYS_ABBR

from enrollment.apple.setup_panes import GROUPS, PANES
from enrollment.simulator.portal_texts import FRENCH as PORTAL
from tests.typeset import typeset

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "enrollment" / "locale" / "fr" / "LC_MESSAGES"
WRITTEN = polib.pofile(FOLDER / "django.po")
PLACE = re.compile(r"%\(\w+\)[sd]")
TRANSLATED = re.compile(r"{% blocktranslate.*?{% endblocktranslate %}", re.DOTALL)
WRITES_LOGS = {"check_readiness.py"}  # which are English
GATHERED = {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy"}


def test_every_sentence_has_its_french():
    assert [entry.msgid for entry in WRITTEN if not entry.translated() or "fuzzy" in entry.flags] == []


def test_every_place_in_a_sentence_is_in_its_french():
    for entry in WRITTEN:
        said = entry.msgstr + "".join(entry.msgstr_plural.values())
        assert set(PLACE.findall(entry.msgid + entry.msgid_plural)) == set(PLACE.findall(said)), entry.msgid


def test_no_sign_of_a_french_sentence_stands_alone_on_a_line():
    panes = [text for pane in PANES.values() for text in (pane.label("fr"), pane.description("fr"), pane.note("fr"))]
    groups = [labels["fr"] for labels in GROUPS.values()]
    written = [text for entry in WRITTEN for text in (entry.msgstr, *entry.msgstr_plural.values())]
    assert [text for text in (*written, *PORTAL.values(), *panes, *groups) if text != typeset(text)] == []


def test_a_colon_after_a_label_is_that_of_the_language():
    """In templates {% colon %}, in the code `labelled`: what is told to people is never joined by an English one."""
    found = [
        f"{path.name}: {said}"
        for path in sorted((ROOT / "templates").rglob("*.*"))
        for said in re.findall(r".{0,30}(?:}}|%})(?:</\w+>)?[:;?!](?=\s|<)", TRANSLATED.sub("", path.read_text()))
    ]
    found += [
        f"{path.name}:{string.lineno}"
        for folder in ("actions", "api", "models", "templatetags", "web")
        for path in sorted((ROOT / "enrollment" / folder).rglob("*.py"))
        for string in ast.walk(ast.parse(path.read_text()))
        if isinstance(string, ast.JoinedStr) and path.name not in WRITES_LOGS
        if any(isinstance(part, ast.Constant) and str(part.value).startswith(": ") for part in string.values)
    ]
    assert found == []


def test_what_is_compiled_is_what_is_written():
    compiled = {entry.msgid: (entry.msgstr, entry.msgstr_plural) for entry in polib.mofile(FOLDER / "django.mo")}
    assert compiled == {entry.msgid: (entry.msgstr, entry.msgstr_plural) for entry in WRITTEN}


def test_nothing_in_the_code_is_missing_from_the_catalogue(tmp_path):
    if shutil.which("xgettext") is None:
        pytest.skip("gettext is NOT on this machine: sentences that were forgotten are not looked for")
    for name in ("enrollment", "templates", "config"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copy(ROOT / "manage.py", tmp_path)
    (tmp_path / "static").mkdir()
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings", "DATA_DIR": str(tmp_path / "data")}
    command = ["makemessages", "-l", "fr", "--no-location", "--no-wrap", "-v", "0"]
    subprocess.run([sys.executable, "manage.py", *command], cwd=tmp_path, env=env, check=True)
    found = polib.pofile(tmp_path / "enrollment" / "locale" / "fr" / "LC_MESSAGES" / "django.po")
    known = {entry.msgid for entry in WRITTEN}
    assert {entry.msgid for entry in found if not entry.obsolete} - known == set()


def test_no_sentence_stands_within_an_f_string():
    """The programs that gather sentences do not look there: it would stay English, and nobody would be told."""
    found = [
        f"{path.name}:{call.lineno}"
        for path in sorted((ROOT / "enrollment").rglob("*.py"))
        for string in ast.walk(ast.parse(path.read_text()))
        if isinstance(string, ast.JoinedStr)
        for call in ast.walk(string)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in GATHERED
        if any(isinstance(argument, ast.Constant) for argument in call.args)
    ]
    assert not found


def test_no_sentence_of_ours_takes_the_place_of_a_month_or_a_day():
    """Django asks the same catalogue for them: a "May" that somebody is allowed would be in every date of May."""
    names = {str(name) for names in (MONTHS, MONTHS_3, WEEKDAYS, WEEKDAYS_ABBR) for name in names.values()}
    assert not {entry.msgid for entry in WRITTEN if not entry.msgctxt} & (names | {n.title() for n in names})


def test_the_screens_speak_both_languages():
    assert len(PANES) == 54
    for pane in PANES.values():
        assert all((pane.label("en"), pane.label("fr"), pane.description("en"), pane.description("fr")))
        assert bool(pane.note("en")) == bool(pane.note("fr"))
        assert pane.group in GROUPS
