# packages:
import base64
import json

from cases import same, suite

SECRET = "9d2e4f5a8b7c6d5e4f3a2b1c0b6f1c3a"
USER = "brevo:a long password"
INBOUND = json.dumps({"items": [
    {"Uuid": ["8d79f2b1-20ae-4939-8d0b-d2517331a9e5"], "MessageId": "<f1e2d3c4@mail.example.com>", "From": {"Address": "alex@example.com"}, "Subject": "Re: Hello"},
    {"Uuid": ["8d79f2b1-20ae-4939-8d0b-d2517331a9e6"], "MessageId": "<f1e2d3c5@mail.example.com>", "From": {"Address": "sam@example.com"}, "Subject": "Hi"}]})


def event(kind):
    return json.dumps({"event": kind, "email": "frank@example.com", "id": 26224, "date": "2026-01-01 01:00:00", "ts": 1767225600,
                       "message-id": "<202601010000.54433512@smtp-relay.example.com>", "ts_epoch": 1767225600000, "tags": ["welcome"]})


def basic(credentials):
    return "Basic " + base64.b64encode(credentials.encode()).decode()


suite(
    provider="brevo",
    by="none: documented scheme, a token or Basic authentication",
    config={"secrets": [SECRET]},
    bodies=[
        {"name": "valid", "type": "delivered", "body": event("delivered")},
        {"name": "valid-click", "type": "click", "body": event("click")},
        {"name": "valid-inbound", "type": "inbound", "body": INBOUND},
    ],
    sign=lambda request, secret, now: request.headers.update(authorization=f"Bearer {secret}"),
    accepts=lambda request, secret, now: request.headers["authorization"] in (f"Bearer {secret}", basic(secret)),
    covers=[],
    odd_bodies=False,
    forge={"no-scheme": lambda request: request.headers.update(authorization=SECRET)},
    extra=[{"case": "valid-basic", "expect": "accept", "type": "delivered", "body": event("delivered"), "config": {"secrets": [USER]},
            "headers": {"content-type": "application/json", "authorization": basic(USER)}}],
)
