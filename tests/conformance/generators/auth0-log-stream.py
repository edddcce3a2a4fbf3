# packages:
import json

from cases import same, suite

SECRET = "Bearer 0b6f1c3a9d2e4f5a8b7c6d5e4f3a2b1c"


def log(kind, ident):
    return {"log_id": ident, "data": {"date": "2026-01-01T00:00:00.123Z", "type": kind, "client_id": "iHQ7ixWLkGqXYbNvCkZfPq", "ip": "192.0.2.7",
                                      "user_id": "auth0|5f7c8ec7c33c6c004bbafe82", "user_name": "jon@example.com", "log_id": ident}}


ID = "90020260101000000123456000000000000001223372036854775807"

suite(
    provider="auth0-log-stream",
    by="none: documented scheme, a token in the authorization header",
    config={"secrets": [SECRET]},
    bodies=[
        {"name": "valid", "type": "s", "id": ID, "body": json.dumps([log("s", ID)])},
        {"name": "valid-batch", "type": "fp", "id": ID, "body": json.dumps([log("fp", ID), log("s", ID[:-1] + "8")])},
        {"name": "valid-object", "type": "s", "id": ID, "body": json.dumps(log("s", ID))},
    ],
    sign=lambda request, secret, now: request.headers.update(authorization=secret),
    accepts=lambda request, secret, now: same(request.headers["authorization"], secret),
    covers=[],
    odd_bodies=False,
    forge={"no-scheme": lambda request: request.headers.update(authorization=SECRET[7:])},
)
