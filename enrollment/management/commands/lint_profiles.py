import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import override

from enrollment.actions.profiles.lint_profile import Finding, Severity, lint_profile
from enrollment.models import Profile, Token


class Command(BaseCommand):
    """Every profile read by the linter; the exit code is 1 when it found something of the given severity or worse."""

    help = "Reads every profile with the linter. Exit code 1: something was found."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--token", help="only the profiles of the token of this name")
        parser.add_argument(
            "--fail-on",
            choices=[severity.value for severity in Severity],
            default=Severity.WARNING.value,
            help="the least severity that makes the exit code 1 (default: warning)",
        )
        parser.add_argument("--language", choices=["en", "fr"], default="en", help="of the sentences (default: en)")
        parser.add_argument("--json", action="store_true", help="print the findings as JSON")

    def handle(self, *_args: Any, **options: Any) -> None:
        profiles = Profile.objects.select_related("token", "current").order_by("token__name", "name")
        if options["token"]:
            if not Token.objects.filter(name=options["token"]).exists():
                raise CommandError(f"There is no token “{options['token']}”.", returncode=2)
            profiles = profiles.filter(token__name=options["token"])
        with override(options["language"]):
            found = [
                (profile, lint_profile(profile.settings, platform=profile.platform, reader=None))
                for profile in profiles
            ]
        self.stdout.write(_as_json(found) if options["json"] else _as_text(found))
        order = list(Severity)
        worst = order.index(Severity(options["fail_on"]))
        if any(order.index(finding.severity) <= worst for _profile, findings in found for finding in findings):
            raise CommandError("The linter found something.", returncode=1)


def _as_json(found: list[tuple[Profile, list[Finding]]]) -> str:
    said = [
        {
            "token": profile.token.name,
            "profile": profile.name,
            "rule": finding.rule,
            "severity": finding.severity.value,
            "sentence": finding.sentence,
            "remedy": finding.remedy,
        }
        for profile, findings in found
        for finding in findings
    ]
    return json.dumps(said, indent=2, ensure_ascii=False)


def _as_text(found: list[tuple[Profile, list[Finding]]]) -> str:
    lines = []
    for profile, findings in found:
        lines.append(f"{profile.token.name} · {profile.name}: {'nothing' if not findings else len(findings)} found")
        lines += [f"  {one.severity.value:7} {one.rule}: {one.sentence}\n          {one.remedy}" for one in findings]
    return "\n".join(lines) or "There is no profile."
