# packages:
import json

from cases import hmac, same, suite


def event(key):
    return json.dumps({
        "eventKey": key, "date": "2026-01-01T00:00:00+0000", "actor": {"name": "admin", "id": 1},
        "pullRequest": {"id": 1, "version": 0, "title": "A new title", "state": "OPEN",
                        "toRef": {"id": "refs/heads/main", "repository": {"slug": "repository", "id": 84, "project": {"key": "PROJ"}}}}})


def mac(secret, body):
    return "sha256=" + hmac("sha256", secret, body)


def sign(request, secret, now):
    request.headers["x-hub-signature"] = mac(secret, request.body)


def body(name, key, ident):
    return {"name": name, "type": key, "id": ident, "headers": {"x-event-key": key, "x-request-id": ident}, "body": event(key)}


PING = {"content-type": "application/json", "x-event-key": "diagnostics:ping", "x-request-id": "9f6c1b7e"}

suite(
    provider="bitbucket-server",
    by="none: documented scheme, HMAC of the body",
    config={"secrets": ["Kx9wRjLg4eNf7aDi5oHcUvYbQm2tPz0s"]},
    bodies=[
        body("valid", "pr:opened", "9f6c1b7e-2d5a-4c1f-8b3e-0a7d6c5b4e3f"),
        body("valid-merged", "pr:merged", "9f6c1b7e-2d5a-4c1f-8b3e-0a7d6c5b4e40"),
    ],
    sign=sign,
    accepts=lambda request, secret, now: same(request.headers["x-hub-signature"], mac(secret, request.body)),
    extra=[
        {"case": "ping", "expect": "handshake", "expect_status": 200, "expect_reply": "", "headers": PING, "body": '{"test": true}'},
        {"case": "event-that-says-ping", "expect": "reject", "headers": PING, "body": event("pr:opened")},
    ],
)
