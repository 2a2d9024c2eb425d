"""What choices are called in the schema, and so in clients that are generated from it."""

import json
from typing import Any

# The generator calls them after the first field that has them.
NAMES = {
    "AboutEnum": "RulesAbout",
    "AffinityEnum": "UserAffinity",
    "AnswerEnum": "AppleAnswer",
    "AtAppleEnum": "RevisionAtApple",
    "ByEnum": "DevicesGroupedBy",
    "ColumnsEnum": "DeviceColumn",
    "ConditionEnum": "DeletionCondition",
    "DoctorFindingVerdictEnum": "DoctorVerdict",
    "FieldEnum": "RuleConditionField",
    "LanguageEnum": "Language",
    "MethodEnum": "AuthenticationMethod",
    "OutcomeEnum": "OperationOutcome",
    "PairingEnum": "ComputerPairing",
    "PasscodeGraceEnum": "PasscodeGrace",
    "PlatformEnum": "Platform",
    "ReasonEnum": "ProfileInTheWay",
    "ResultEnum": "AuditResult",
    "SectionEnum": "SettingSection",
    "SettingKindEnum": "SettingKind",
    "FindingSeverityEnum": "FindingSeverity",
    "StepEnum": "SettingStep",
    "TakesEnum": "RuleTestTakes",
    "TestEnum": "RuleConditionTest",
    "TlsVerdictVerdictEnum": "TlsAnswer",
    "TriggerEnum": "SyncTrigger",
    "TypeEnum": "DoctorAboutType",
    "WhatEnum": "MissingOfToken",
    "WishEnum": "Wish",
}
PLACE = "#/components/schemas/"


def name_choices(result: dict[str, Any], **_more: Any) -> dict[str, Any]:
    """A postprocessing hook of drf-spectacular."""
    text = json.dumps(result, default=str)
    for said, name in NAMES.items():
        text = text.replace(f'"{PLACE}{said}"', f'"{PLACE}{name}"')
    named: dict[str, Any] = json.loads(text)
    schemas = named["components"]["schemas"]
    named["components"]["schemas"] = dict(sorted((NAMES.get(said, said), one) for said, one in schemas.items()))
    return named
