# packages:
import json

from cases import hmac, same, suite

SECRET = "2f1e0d9c8b7a69584736251403f2e1d0"
IDENT = "3b0c6a1e-9d8f-4f5e-8a7b-6c5d4e3f2a1b"


def events(*kinds):
    return json.dumps({"webhook_id": "23e42eaf-323a-41da-b5bb-fd67eebda553", "events": [
        {"event_type": kind, "id": {"workspace_id": "14beef7a", "object_id": "97052eb9", "record_id": "bf071e1f", "attribute_id": "41252299"},
         "actor": {"type": "workspace-member", "id": "50cf242c"}} for kind in kinds]})


def sign(request, secret, now):
    request.headers["attio-signature"] = hmac("sha256", secret, request.body)


def accepts(request, secret, now):
    signature = request.headers.get("attio-signature") or request.headers.get("x-attio-signature")
    return same(signature, hmac("sha256", secret, request.body))


BODY = events("record.created")

suite(
    provider="attio",
    by="none: documented scheme, HMAC of the body",
    config={"secrets": [SECRET]},
    headers={"content-type": "application/json", "idempotency-key": IDENT},
    bodies=[
        {"name": "valid", "type": "record.updated", "id": IDENT + ".0", "body": events("record.updated")},
        {"name": "valid-batch", "type": "record.created", "id": IDENT + ".0", "body": events("record.created", "record.updated")},
    ],
    sign=sign,
    accepts=accepts,
    extra=[{"case": "valid-other-header", "expect": "accept", "type": "record.created", "id": IDENT + ".0", "body": BODY,
            "headers": {"content-type": "application/json", "idempotency-key": IDENT, "x-attio-signature": hmac("sha256", SECRET, BODY)}}],
)
