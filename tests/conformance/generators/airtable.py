# packages:
import base64
import json

from cases import hmac, same, suite


def event(webhook, time):
    return json.dumps({"base": {"id": "app00000000000000"}, "webhook": {"id": webhook}, "timestamp": time})


def mac(secret, body):
    return "hmac-sha256=" + hmac("sha256", base64.b64decode(secret), body)


def sign(request, secret, now):
    request.headers["x-airtable-content-mac"] = mac(secret, request.body)


suite(
    provider="airtable",
    by="none: documented scheme, HMAC of the body, key in base64",
    config={"secrets": ["tJ4Qb5lZ8nX2cV7wK1mR9sD3fG6hYpLuEoAiTrNqBxM="]},
    bodies=[
        {"name": "valid", "type": "notification", "body": event("ach00000000000000", "2026-01-01T00:00:00.663Z")},
        {"name": "valid-another-webhook", "type": "notification", "body": event("ach00000000000001", "2026-01-01T00:00:05.101Z")},
    ],
    sign=sign,
    accepts=lambda request, secret, now: same(request.headers["x-airtable-content-mac"], mac(secret, request.body)),
    forge={"no-prefix": lambda request: request.headers.update({"x-airtable-content-mac": request.headers["x-airtable-content-mac"][12:]})},
)
