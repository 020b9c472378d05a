"""The web app's forms take as much as the API does: what is longer is refused once it is typed."""

import re
from pathlib import Path
from typing import Any, Final

import lumiku
from lumiku.api.app import assemble
from lumiku.core.settings import HttpSettings

FRONTEND = Path(lumiku.__file__).parents[2] / "frontend" / "src"
OF_ACCOUNTS, OF_PAYMENTS = "lumiku__api__schemas__accounts__", "lumiku__api__schemas__payments__"
# Where each bound of frontend/src/api/limits.ts is kept by the API.
KEPT_BY: Final = {
    "amount": ("CreditsRequest.amount",),
    "batchName": ("DeclareRequest.name",),
    "email": (
        "RegisterRequest.email",
        "LoginRequest.email",
        "AddressRequest.email",
        "GivenAddressRequest.email",
    ),
    "months": ("GrantRequest.months",),
    "name": ("RegisterRequest.name", "ProfileRequest.name", "KeyRequest.name"),
    "note": ("CreditsRequest.note", "WithdrawRequest.note", "HandledRequest.note"),
    "noteOfWebhook": ("WebhookRequest.description",),
    "password": (
        "RegisterRequest.password",
        "ResetRequest.password",
        f"{OF_ACCOUNTS}ConfirmRequest.password",
    ),
    "reason": (
        "RefundRequest.reason",
        "DecisionRequest.reason",
        "GrantRequest.reason",
        "CancelRequest.reason",
    ),
    "reference": (f"{OF_PAYMENTS}ConfirmRequest.reference",),
    "search": (),  # of a query, below
    "url": ("WebhookRequest.url",),
}


def limits() -> dict[str, int]:
    text = (FRONTEND / "api" / "limits.ts").read_text(encoding="utf-8")
    return {name: int(bound) for name, bound in re.findall(r"^  (\w+): ([\d_]+),$", text, re.MULTILINE)}


def bound_of(field: dict[str, Any]) -> int:
    shapes = [field, *field.get("anyOf", [])]
    return next(int(shape[key]) for shape in shapes for key in ("maxLength", "maximum") if key in shape)


def test_the_bounds_of_forms_are_those_of_the_api() -> None:
    described = assemble(HttpSettings()).openapi()
    schemas = described["components"]["schemas"]
    found = {
        name: {
            bound_of(schemas[schema]["properties"][field]) for schema, field in (e.split(".") for e in each)
        }
        for name, each in KEPT_BY.items()
    }
    asked = described["paths"]["/api/admin/users"]["get"]["parameters"]
    found["search"] = {bound_of(each["schema"]) for each in asked if each["name"] == "search"}
    assert found == {name: {bound} for name, bound in limits().items()}


def test_no_form_has_a_length_of_its_own() -> None:
    forms = {path.name: path.read_text(encoding="utf-8") for path in FRONTEND.rglob("*.tsx")}
    assert [name for name, text in forms.items() if re.search(r"maxLength=\{\d", text)] == []
    assert "maxLength={LIMITS.name}" in forms["Register.tsx"]
