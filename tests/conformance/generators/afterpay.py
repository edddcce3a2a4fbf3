# packages:
import json

from cases import hmac, same, suite


def event(ident, kind):
    return json.dumps({"webhook_event_id": ident, "webhook_event_type": kind, "dispute_id": "dp_7JqkNnV3mYtR2sXw", "merchant_reference": "order-1234"})


def mac(request, secret, now):
    return hmac("sha256", secret, f"{request.url}\n{now}\n".encode() + request.body, "base64")


def sign(request, secret, now):
    request.headers["x-afterpay-request-date"] = str(now)
    request.headers["x-afterpay-request-signature"] = mac(request, secret, now)


def accepts(request, secret, now):
    date = request.headers["x-afterpay-request-date"]
    return abs(now - int(date)) <= 300 and same(request.headers["x-afterpay-request-signature"], mac(request, secret, date))


suite(
    provider="afterpay",
    by="none: documented scheme, HMAC of URL, date and body by lines",
    config={"secrets": ["tJ4Qb5lZ8nX2cV7wK1mR9sD3fG6hYpLu"], "url": "https://hooks.example.com/in/afterpay"},
    bodies=[
        {"name": "valid", "type": "dispute.created", "id": "3f6c2b1a-9d8e-4f7a-b5c4-d3e2f1a0b9c8", "body": event("3f6c2b1a-9d8e-4f7a-b5c4-d3e2f1a0b9c8", "created")},
        {"name": "valid-updated", "type": "dispute.updated", "id": "3f6c2b1a-9d8e-4f7a-b5c4-d3e2f1a0b9c9", "body": event("3f6c2b1a-9d8e-4f7a-b5c4-d3e2f1a0b9c9", "updated")},
    ],
    sign=sign,
    accepts=accepts,
    covers=["body", "url"],
    timestamped={"tolerance_s": 300},
)
