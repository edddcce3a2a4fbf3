# packages:
import json

from cases import hmac, same, suite


def event(kind, state):
    return json.dumps({
        "event": kind,
        "build": {"id": "f62a1b4d-10f9-4790-bc1c-e2c3a0c80983", "number": 1, "state": state, "commit": "abcd0b72a1e580e90712cdd9eb26d3fb41cd09c8",
                  "branch": "main", "created_at": "2026-01-01T00:00:00.000Z", "finished_at": "2026-01-01T00:05:00.000Z"},
        "pipeline": {"id": "849411f9-9e6d-4739-a0d8-e247088e9b52", "name": "My Pipeline", "slug": "my-pipeline"},
        "sender": {"id": "8a7693f8-dbae-4783-9137-84090fce9045", "name": "Jane"},
    })


def mac(secret, body, now):
    return hmac("sha256", secret, f"{now}.".encode() + body)


def sign(request, secret, now):
    request.headers["x-buildkite-signature"] = f"timestamp={now},signature={mac(secret, request.body, now)}"


def accepts(request, secret, now):
    fields = dict(pair.split("=", 1) for pair in request.headers["x-buildkite-signature"].split(","))
    return abs(now - int(fields["timestamp"])) <= 300 and same(fields["signature"], mac(secret, request.body, fields["timestamp"]))


def plain_token(request):
    del request.headers["x-buildkite-signature"]
    request.headers["x-buildkite-token"] = "02ddb822d4000975005c76484364f1ee"


suite(
    provider="buildkite",
    by="none: documented scheme, HMAC of timestamp.body",
    config={"secrets": ["02ddb822d4000975005c76484364f1ee"]},
    bodies=[
        {"name": "valid", "type": "build.finished", "headers": {"x-buildkite-event": "build.finished"}, "body": event("build.finished", "passed")},
        {"name": "valid-running", "type": "build.running", "headers": {"x-buildkite-event": "build.running"}, "body": event("build.running", "running")},
    ],
    sign=sign,
    accepts=accepts,
    timestamped={"tolerance_s": 300},
    forge={"plain-token": plain_token},
    extra=[{"case": "valid-ping", "expect": "accept", "type": "ping", "sign": True, "body": '{"event":"ping","service":{"id":"69774b46-b443-4ed9-8ee9-2f9a2a6f4c3d","provider":"webhook"}}'}],
)
