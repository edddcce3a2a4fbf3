# packages:
import json

from cases import hmac, same, suite

ID = "0f8c2a1b-7d6e-4c5f-9a3b-2e1d0c9b8a7f"


def event(kind):
    return json.dumps({
        "metadata": {"eventId": ID, "subscriptionId": "6c1d8e2f-3a4b-4c5d-8e6f-7a8b9c0d1e2f", "organizationId": "00801ABCDEFGHIJKLMNO", "eventType": kind, "version": "1"},
        "bill": {"id": "00n01ABCDEFGHIJKLMNO", "vendorId": "00901ABCDEFGHIJKLMNO", "amount": 228.99, "createdTime": "2026-01-01T00:00:00.127+00:00", "archived": False}})


def sign(request, secret, now):
    request.headers["x-bill-sha-signature"] = hmac("sha256", secret, request.body, "base64")


suite(
    provider="bill-com",
    by="none: documented scheme, HMAC of the body in base64",
    config={"secrets": ["Rk8wZ2JhUzN4TnJ2Q1pKdEx5cFdvREhl"]},
    bodies=[
        {"name": "valid", "type": "bill.created", "id": ID, "body": event("bill.created")},
        {"name": "valid-updated", "type": "bill.updated", "id": ID, "body": event("bill.updated")},
        {"name": "valid-json-in-a-string", "type": "bill.archived", "id": ID, "body": json.dumps(event("bill.archived"))},
    ],
    sign=sign,
    accepts=lambda request, secret, now: same(request.headers["x-bill-sha-signature"], hmac("sha256", secret, request.body, "base64")),
)
