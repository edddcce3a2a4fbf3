# packages:
import json

from cases import hmac, same, suite

SECRET = "b537207f20cbfa02357cf448134da559e8bd39d61597dcd5631b8012eae53e81"


def change(action, kind, time):
    return {"user": {"gid": "12345", "resource_type": "user"}, "created_at": time, "action": action,
            "resource": {"gid": "1337", "resource_type": kind, "resource_subtype": "default_task"}, "parent": None}


def events(*changes):
    return json.dumps({"events": list(changes)})


def sign(request, secret, now):
    request.headers["x-hook-signature"] = hmac("sha256", secret, request.body)


def accepts(request, secret, now):
    return same(request.headers["x-hook-signature"], hmac("sha256", secret, request.body))


HOOK = {"content-type": "application/json"}

suite(
    provider="asana",
    by="none: documented scheme, HMAC of the body",
    config={"secrets": [SECRET]},
    bodies=[
        {"name": "valid", "type": "task.changed", "body": events(change("changed", "task", "2026-01-01T00:00:00.123Z"))},
        {"name": "valid-batch", "type": "story.added", "body": events(change("added", "story", "2026-01-01T00:00:01.456Z"), change("changed", "task", "2026-01-01T00:00:01.789Z"))},
    ],
    sign=sign,
    accepts=accepts,
    extra=[
        {"case": "secret", "expect": "handshake", "expect_status": 200, "expect_reply": "", "headers": {**HOOK, "x-hook-secret": "c537207f20cbfa02357cf448134da559"}, "body": "{}"},
        {"case": "secret-with-markup", "expect": "reject", "headers": {**HOOK, "x-hook-secret": "<script>"}, "body": "{}"},
        {"case": "heartbeat", "expect": "handshake", "expect_status": 200, "expect_reply": "", "sign": True, "body": '{"events":[]}'},
        {"case": "heartbeat-unsigned", "expect": "reject", "headers": HOOK, "body": '{"events":[]}'},
    ],
)
