# packages:
import json

from cases import hmac, same, suite


def event(ident, tag):
    return json.dumps({
        "ts": 1767225600, "event": "tracking_update", "event_id": ident, "is_tracking_first_tag": True,
        "msg": {"id": "5b7658cec7c33c0e007de3c5", "tracking_number": "9405511202575421535949", "slug": "usps", "tag": tag, "active": False,
                "checkpoints": [{"slug": "usps", "city": "MCLEAN", "checkpoint_time": "2025-12-31T18:00:00", "tag": tag}]},
    })


def sign(request, secret, now):
    request.headers["aftership-hmac-sha256"] = hmac("sha256", secret, request.body, "base64")


suite(
    provider="aftership",
    by="none: documented scheme, HMAC of the body in base64",
    config={"secrets": ["dbc27e9b41a64d0f8c3b5e7a9f1d2c4e"]},
    bodies=[
        {"name": "valid", "type": "tracking_update", "id": "60eb5d64-3a5e-4c7b-8d9f-1a2b3c4d5e6f", "body": event("60eb5d64-3a5e-4c7b-8d9f-1a2b3c4d5e6f", "Delivered")},
        {"name": "valid-in-transit", "type": "tracking_update", "id": "60eb5d64-3a5e-4c7b-8d9f-1a2b3c4d5e70", "body": event("60eb5d64-3a5e-4c7b-8d9f-1a2b3c4d5e70", "InTransit")},
    ],
    sign=sign,
    accepts=lambda request, secret, now: same(request.headers["aftership-hmac-sha256"], hmac("sha256", secret, request.body, "base64")),
)
