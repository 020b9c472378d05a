"""How the bodies that routes read by themselves are described, and how long the framework lets them be."""

from typing import Any, Final

from lumiku.api.schemas.options import OptionsBody
from lumiku.api.schemas.pricing import PAYMENT_MEANING
from lumiku.removals.payment import PAYMENTS

# Such a route counts for itself, by the limits of the settings, while it reads.
UNBOUNDED: Final = 1 << 50

_OPTIONS: Final[dict[str, Any]] = OptionsBody.model_json_schema(by_alias=True)["properties"]
_FILE: Final = {"type": "string", "format": "binary"}
_BASE64: Final = {"type": "string", "description": "Base64, or a data: URL."}
_URL: Final = {"type": "string", "maxLength": 4096, "examples": ["https://example.com/cat.jpg"]}
_PAYMENT: Final = {
    "type": "string",
    "enum": list(PAYMENTS),
    "default": "auto",
    "description": PAYMENT_MEANING,
}
_WAIT: Final = {"type": "number", "minimum": 0, "maximum": 60, "description": "As in the query."}


def _body(form: dict[str, Any], json: dict[str, Any], example: dict[str, Any]) -> dict[str, Any]:
    described = {"type": "object", "additionalProperties": False}
    return {
        "requestBody": {
            "required": True,
            "content": {
                "multipart/form-data": {"schema": {**described, "properties": {**form, **_OPTIONS}}},
                "application/json": {
                    "schema": {**described, "properties": {**json, **_OPTIONS}},
                    "example": example,
                },
            },
        }
    }


REMOVE_BODY: Final = _body(
    {"image": _FILE, "imageUrl": _URL, "backgroundImage": _FILE, "payment": _PAYMENT, "wait": _WAIT},
    {
        "image": _BASE64,
        "imageUrl": _URL,
        "filename": {"type": "string", "maxLength": 255, "description": "Of a picture in base64."},
        "backgroundImage": _BASE64,
        "payment": _PAYMENT,
        "wait": _WAIT,
    },
    {"imageUrl": "https://example.com/cat.jpg", "tier": "standard", "format": "webp"},
)
_NAME: Final = {"type": "string", "maxLength": 200, "examples": ["Autumn catalogue"]}
_SKIP: Final = {
    "type": "boolean",
    "default": False,
    "description": "Leave out files that are no readable pictures, instead of refusing the batch.",
}
BATCH_BODY: Final = _body(
    {
        "images": {"type": "array", "items": _FILE, "description": "Also `images[]`, `images[0]`."},
        "imageUrls": {"type": "array", "items": _URL},
        "name": _NAME,
        "skipInvalid": _SKIP,
        "payment": _PAYMENT,
        "backgroundImage": _FILE,
    },
    {
        "imageUrls": {"type": "array", "items": _URL, "maxItems": 500},
        "images": {"type": "array", "items": _BASE64, "maxItems": 500},
        "name": _NAME,
        "skipInvalid": _SKIP,
        "payment": _PAYMENT,
        "backgroundImage": _BASE64,
    },
    {"imageUrls": ["https://example.com/1.jpg", "https://example.com/2.jpg"], "tier": "standard"},
)
COMPOSE_BODY: Final = _body(
    {"backgroundImage": _FILE}, {"backgroundImage": _BASE64}, {"backgroundColor": "#ffffff", "format": "jpeg"}
)
_STORED: Final = {
    "type": "boolean",
    "default": False,
    "description": "The job's result as it is stored; goes with no other option.",
}
SHARE_BODY: Final = _body(
    {"backgroundImage": _FILE, "stored": _STORED},
    {"backgroundImage": _BASE64, "stored": _STORED},
    {"backgroundColor": "#ffffff", "format": "jpeg"},
)
PUT_BODY: Final[dict[str, Any]] = {
    "requestBody": {"required": True, "content": {"application/octet-stream": {"schema": _FILE}}}
}

_TEXT: Final = {"type": "string"}
CALLBACK_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/x-www-form-urlencoded": {
                "schema": {
                    "type": "object",
                    "properties": {
                        "merchantCode": _TEXT,
                        "amount": _TEXT,
                        "merchantOrderId": _TEXT,
                        "productDetail": _TEXT,
                        "additionalParam": _TEXT,
                        "paymentCode": _TEXT,
                        "resultCode": {"type": "string", "enum": ["00", "01"]},
                        "merchantUserId": _TEXT,
                        "reference": _TEXT,
                        "signature": _TEXT,
                    },
                    "required": ["merchantCode", "amount", "merchantOrderId", "resultCode", "signature"],
                },
                "example": {
                    "merchantCode": "DS1234",
                    "amount": "100000",
                    "merchantOrderId": "0190c5a2-7c1e-7b2a-9f00-3c5d1e2f4a6b",
                    "resultCode": "00",
                    "reference": "DS1234ABCDEF",
                    "signature": "0" * 32,
                },
            }
        },
    }
}
