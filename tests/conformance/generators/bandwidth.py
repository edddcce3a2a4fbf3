# packages:
import base64
import json

from cases import same, suite

SECRET = "bandwidth:a long password"


def event(kind, ident):
    return {"type": kind, "time": "2026-01-01T00:00:00.587Z", "description": "ok", "to": "+12345678902",
            "message": {"id": ident, "time": "2026-01-01T00:00:00.529Z", "to": ["+12345678902"], "from": "+12345678901", "text": "Hey", "direction": "in", "segmentCount": 1}}


def basic(credentials):
    return "Basic " + base64.b64encode(credentials.encode()).decode()


suite(
    provider="bandwidth",
    by="none: documented scheme, Basic authentication",
    config={"secrets": [SECRET]},
    other_config={"secrets": ["bandwidth:another password"]},
    bodies=[
        {"name": "valid", "type": "message-received", "body": json.dumps([event("message-received", "14762070468292kw2fuqty55yp2b2")])},
        {"name": "valid-batch", "type": "message-delivered", "body": json.dumps([event("message-delivered", "14762070468292kw2fuqty55yp2b3"), event("message-failed", "14762070468292kw2fuqty55yp2b4")])},
    ],
    sign=lambda request, secret, now: request.headers.update(authorization=basic(secret)),
    accepts=lambda request, secret, now: same(request.headers["authorization"], basic(secret)),
    covers=[],
    odd_bodies=False,
    forge={
        "another-scheme": lambda request: request.headers.update(authorization=request.headers["authorization"].replace("Basic", "Bearer")),
        "no-password": lambda request: request.headers.update(authorization=basic("bandwidth:")),
    },
)
