# packages: boldsign==3.3.4
import json
import sys

from cases import hmac, suite

sys.path.pop(0)  # this folder, whose boldsign.py is not the package
from boldsign.webhook_utility import WebhookUtility

SECRET = "9f1c2b3a-4d5e-6f70-8192-a3b4c5d6e7f8"
NOW = 1767225600


def event(ident, kind):
    return json.dumps({
        "event": {"id": ident, "created": NOW, "eventType": kind, "clientId": None, "environment": "Live"},
        "data": {"object": "document", "documentId": "82c2e5ea-2f1c-4a5d-9c3b-5b6d7e8f9a01", "messageTitle": "NDA", "status": "Completed"},
        "document": None,
    })


def mac(secret, body, now):
    return hmac("sha256", secret, f"{now}.".encode() + body)


def sign(request, secret, now):
    request.headers["x-boldsign-signature"] = f"t={now}, s0={mac(secret, request.body, now)}"


def accepts(request, secret, now):
    WebhookUtility.validate_signature(request.text, request.headers.get("x-boldsign-signature"), secret)
    return True


def body(ident, kind):
    return {"type": kind, "id": ident, "headers": {"x-boldsign-event": kind}, "body": event(ident, kind)}


def headers(kind, signature=None):
    return {"content-type": "application/json", "x-boldsign-event": kind, **({"x-boldsign-signature": signature} if signature else {})}


completed = event("92eac1c5-31d3-4e12-a8e7-8c8b5d1e2f3a", "Completed")
old = f"t={NOW}, s0={mac('the secret of tomorrow', completed.encode(), NOW)}, s1={mac(SECRET, completed.encode(), NOW)}"

suite(
    provider="boldsign",
    by="boldsign==3.3.4 WebhookUtility.validate_signature",
    config={"secrets": [SECRET]},
    bodies=[
        {"name": "valid", **body("92eac1c5-31d3-4e12-a8e7-8c8b5d1e2f3a", "Completed")},
        {"name": "valid-sent", **body("92eac1c5-31d3-4e12-a8e7-8c8b5d1e2f3b", "Sent")},
    ],
    sign=sign,
    accepts=accepts,
    timestamped={"tolerance_s": 300},
    extra=[
        {"case": "valid-old-secret", "expect": "accept", "type": "Completed", "id": "92eac1c5-31d3-4e12-a8e7-8c8b5d1e2f3a",
         "headers": headers("Completed", old), "body": completed},
        {"case": "verification", "expect": "handshake", "expect_status": 200, "expect_reply": "",
         "headers": headers("Verification"), "body": event("92eac1c5-31d3-4e12-a8e7-8c8b5d1e2f3c", "Verification")},
        {"case": "event-that-says-verification", "expect": "reject", "headers": headers("Verification"), "body": completed},
    ],
)
