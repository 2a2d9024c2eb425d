"""AUD-1: a verb that changes rows tells the audit log, or a verb it calls does, or it stands here with its reason."""

import ast
import re
from pathlib import Path

import pytest
from django.utils import translation

from enrollment.models.audit_actions import ACTIONS, NOUNS, action_in_words, actions_about, noun_of
from enrollment.models.audit_labels import label_of

ROOT = Path(__file__).resolve().parent.parent
VERBS = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts): path
    for path in sorted((ROOT / "enrollment" / "actions").rglob("*.py"))
    if path.stat().st_size
}
WRITES = {"save", "create", "update", "delete", "bulk_create", "bulk_update", "get_or_create", "update_or_create"}
WRITES_BY_NAME = {"insert_select", "upsert_devices", "execute", "executemany"}

APPLES = "What Apple says is no change of ours: the row, its sync and its device's history tell it."
TASTE = "How somebody likes a page, which nobody else sees."
HISTORY = "It is history itself."
TOLD = "What was told to whom has rows of its own, and what people do about it is recorded."
NOT_RECORDED = {
    "access.choose_device_columns": TASTE,
    "access.delete_device_view": TASTE,
    "access.save_device_view": TASTE,
    "access.set_language": TASTE,
    "access.forget_answers": "Answers kept for a day for programs that ask twice.",
    "access.what_may_be_given": "It changes nothing.",
    "audit.seal_audit": "It gives entries their places.",
    "devices.ask_ahead": APPLES,
    "devices.confirm_seen": APPLES,
    "devices.finish_sync": APPLES,
    "devices.lock_device": "Asked for by an operation, which is recorded; each result stands in the device's history.",
    "devices.note_events": HISTORY,
    "devices.preview_again": "A preview changes no device; what is confirmed of it is recorded.",
    "devices.read_back": APPLES,
    "devices.release_absent": APPLES,
    "devices.run_operation": "It does what was recorded as confirmed; each result stands in the device's history.",
    "devices.start_operation": "A preview changes no device; what is confirmed of it is recorded.",
    "devices.store_page": APPLES,
    "devices.tally_devices": "It changes nothing: it counts, and keeps that for a minute.",
    "devices.tidy_search": "It tidies an index.",
    "devices.upsert_devices": APPLES,
    "licences.name_apps": APPLES,
    "profiles.fetch_foreign_profiles": APPLES,
    "profiles.save_profile_draft": "A draft on its way: all of it is recorded when it becomes a profile.",
    "profiles.wish_for": "The verbs that call it tell for how many devices, and of which rule or person.",
    "rules.forget_previews": "A preview changes no device.",
    "rules.note_rules_changed": "Part of a change of rules, which is recorded.",
    "rules.preview_rules": "A preview changes no device; what is confirmed of it is recorded.",
    "tokens.name_and_tag": "The two verbs that edit a token record what it gives back.",
    "tokens.note_refusal": APPLES,
    "tokens.note_success": APPLES,
    "warnings.read_calendar": "That an address was read is told its person, on its page.",
    "warnings.claim_message": TOLD,
    "warnings.gather_messages": TOLD,
    "warnings.note_outcome": TOLD,
    "warnings.note_warnings": TOLD,
    "warnings.purge_alerts": TOLD,
    "warnings.send_warnings": TOLD,
    "warnings.take_up_alerts": TOLD,
    "warnings.check_readiness": "It changes nothing.",
    "warnings.keep_alert": "It remembers what a condition found; what people do about it is recorded.",
}


def writes(path):
    return any(
        (isinstance(node.func, ast.Attribute) and node.func.attr in WRITES)
        or (isinstance(node.func, ast.Attribute | ast.Name) and _name(node.func) in WRITES_BY_NAME)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
    )


def _name(function):
    return function.attr if isinstance(function, ast.Attribute) else function.id


def records(module, seen=()):
    text = VERBS[module].read_text()
    return "AuditEntry.record" in text or any(
        records(other, (*seen, module)) for other in called(text) if other not in seen
    )


def called(text):
    """The verbs of ours that a file calls by their names; what else it takes from their files does not count."""
    for node in ast.parse(text).body:
        if isinstance(node, ast.ImportFrom) and node.module in VERBS:
            verb = node.module.rpartition(".")[2]
            if any(alias.name == verb for alias in node.names) and f"{verb}(" in text.split(f"import {verb}", 1)[-1]:
                yield node.module


@pytest.mark.parametrize("module", [module for module, path in VERBS.items() if writes(path)])
def test_a_verb_that_changes_something_is_recorded(module):
    short = module.removeprefix("enrollment.actions.")
    if short in NOT_RECORDED:
        assert not records(module), "it needs no reason any more"
    else:
        assert records(module), f"{short} changes rows and tells nobody"


def test_every_reason_is_about_a_verb_that_writes():
    known = {module.removeprefix("enrollment.actions.") for module, path in VERBS.items() if writes(path)}
    assert set(NOT_RECORDED) <= known


def recorded():
    """Every action that any of our code writes down, with the names of the values it tells."""
    for path in sorted((ROOT / "enrollment").rglob("*.py")):
        if "migrations" in path.parts or path.name == "audit_actions.py":
            continue
        text = path.read_text()
        told = set()
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call) and _called(node) in ("AuditEntry.record", "AuditEntry.record_refusal"):
                told |= {one.arg for one in node.keywords if one.arg} - {"by", "token", "before", "result"}
            if isinstance(node, ast.Call) and _called(node) == "note_sign_in":
                told |= {one.arg for one in node.keywords if one.arg}
                yield f"person.{node.args[0].value}", told
        if "AuditEntry.record" in text:
            nouns = "|".join((*NOUNS, "rules"))
            for action in re.findall(rf'"((?:{nouns})\.[a-z_]+)"', text):
                yield action, told


def _called(node):
    return ast.unparse(node.func)


def test_every_action_has_a_sentence_in_both_languages():
    found = {action for action, _told in recorded()}
    assert len(found) > 60
    assert found - set(ACTIONS) == set()
    assert set(ACTIONS) - found == set(), "nobody does this any more"
    with translation.override("fr"):
        same = [action for action in ACTIONS if action_in_words(action) == ACTIONS[action]]
    assert same == []


def test_every_action_can_be_chosen_once():
    assert sorted(action for noun in NOUNS for action in actions_about(noun)) == sorted(ACTIONS)


def test_every_value_that_is_told_has_a_name():
    nameless = {name for action, told in recorded() for name in told if label_of(name, noun_of(action)) == name}
    assert nameless == set()
