# packages:
import json

from cases import hmac, same, suite


def event(action, status):
    return json.dumps({"action": action, "data": {"application": {
        "id": "5e1c1d2b-8f5a-4b1c-9d3e-7f6a5b4c3d2e", "updatedAt": "2026-01-01T00:00:00.000Z", "status": status,
        "candidate": {"id": "e9ed20fd-d45f-4aad-8a00-a19bfba0083e", "name": "Ada Lovelace"},
        "currentInterviewStage": {"id": "8a0c1e2d-3f4b-4c5d-8e6f-7a8b9c0d1e2f", "title": "Onsite"}}}})


def mac(secret, body):
    return "sha256=" + hmac("sha256", secret, body)


def sign(request, secret, now):
    request.headers["ashby-signature"] = mac(secret, request.body)


PING = '{"action":"ping","data":{"webhookActionType":"candidateStageChange"}}'

suite(
    provider="ashby",
    by="none: documented scheme, HMAC of the body",
    config={"secrets": ["9f8e7d6c5b4a39281706f5e4d3c2b1a0"]},
    bodies=[
        {"name": "valid", "type": "candidateStageChange", "body": event("candidateStageChange", "Active")},
        {"name": "valid-hire", "type": "candidateHire", "body": event("candidateHire", "Hired")},
    ],
    sign=sign,
    accepts=lambda request, secret, now: same(request.headers["ashby-signature"], mac(secret, request.body)),
    extra=[
        {"case": "ping", "expect": "handshake", "expect_status": 200, "expect_reply": "", "sign": True, "body": PING},
        {"case": "ping-unsigned", "expect": "handshake", "expect_status": 200, "expect_reply": "", "body": PING},
    ],
)
