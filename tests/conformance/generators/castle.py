# packages: castle==7.3.0
import json
import sys
from types import SimpleNamespace

from cases import hmac, suite

sys.path.pop(0)  # this folder, whose castle.py is not the package
from castle.configuration import Configuration
from castle.webhooks.verify import WebhooksVerify


def event(kind):
    return json.dumps({
        "api_version": "v1", "app_id": "382395555537961", "type": kind, "created_at": "2026-01-01T00:00:00.000Z",
        "data": {"id": "test", "device_token": "eyJhbGciOiJIUzI1NiJ9.eyJ0b2tlbiI6InRlc3QifQ", "user_id": "1234", "trigger": "$login",
                 "context": {"ip": "37.46.187.90", "location": {"country_code": "AE", "city": "Dubai"}}, "user_traits": {"email": "jon@example.com"}},
    })


def sign(request, secret, now):
    request.headers["x-castle-signature"] = hmac("sha256", secret, request.body, "base64")


def accepts(request, secret, now):
    config = Configuration()
    config.api_secret = secret
    headers = {"X-Castle-Signature": request.headers.get("x-castle-signature")}
    WebhooksVerify.call(SimpleNamespace(headers=headers, data=request.body), config)
    return True


suite(
    provider="castle",
    by="castle==7.3.0 WebhooksVerify.call",
    config={"secrets": ["eOiQJtHfnkVxzPwRbLcYmSaUdGqEiT3p"]},
    bodies=[
        {"name": "valid", "type": "$incident.confirmed", "body": event("$incident.confirmed")},
        {"name": "valid-review", "type": "$review.opened", "body": event("$review.opened")},
    ],
    sign=sign,
    accepts=accepts,
)
