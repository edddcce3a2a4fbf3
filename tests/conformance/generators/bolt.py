# packages:
import json

from cases import hmac, same, suite


def event(kind, status):
    return json.dumps({
        "object": "transaction",
        "type": kind,
        "data": {"id": "TAfCaQ7PT3V2p", "reference": "6JPM-KXXF-7JVX", "type": "cc_payment", "date": 1767225600000, "status": status,
                 "order": {"token": "4fc7a1b5a3e2", "cart": {"order_reference": "100000123", "total_amount": {"amount": 3250, "currency": "USD"}}}},
    })


def sign(request, secret, now):
    request.headers["x-bolt-hmac-sha256"] = hmac("sha256", secret, request.body, "base64")


def accepts(request, secret, now):
    expected = hmac("sha256", secret, request.body, "base64")
    names = ("x-bolt-hmac-sha256", "x-bolt-hmac-sha256-pending")
    return any(same(request.headers.get(name, ""), expected) for name in names)


SECRET = "f2c1a0b9d8e7f6a5b4c3d2e1f0a9b8c7d6e5f4a3b2c1d0e9f8a7b6c5d4e3f2a1"
BODY = event("capture", "completed")

suite(
    provider="bolt",
    by="none: documented scheme, HMAC of the body in base64",
    config={"secrets": [SECRET]},
    bodies=[
        {"name": "valid", "type": "auth", "body": event("auth", "authorized")},
        {"name": "valid-capture", "type": "capture", "body": BODY},
    ],
    sign=sign,
    accepts=accepts,
    extra=[{
        "case": "valid-pending-secret", "expect": "accept", "type": "capture", "body": BODY,
        "headers": {"content-type": "application/json",
                    "x-bolt-hmac-sha256": hmac("sha256", "the secret of yesterday", BODY, "base64"),
                    "x-bolt-hmac-sha256-pending": hmac("sha256", SECRET, BODY, "base64")},
    }],
)
