# packages:
import json

from cases import hmac, same, suite


def event(ident, name):
    return json.dumps({
        "id": ident, "name": name, "account_id": "acct_Yq9mQ4b5NaOzHTrSNK9a6g",
        "data": {"object": {"id": "int_hkdmtmk8vgt5iqrsgf0", "amount": 100.01, "currency": "USD", "merchant_order_id": "D202601011234", "status": "SUCCEEDED"}},
        "created_at": "2026-01-01T00:00:01+0000", "version": "2024-06-14",
    })


def sign(request, secret, now):
    request.headers["x-timestamp"] = str(now * 1000)
    request.headers["x-signature"] = hmac("sha256", secret, request.headers["x-timestamp"].encode() + request.body)


suite(
    provider="airwallex",
    by="none: documented scheme, HMAC of x-timestamp and the body",
    config={"secrets": ["whsec_9d2e4f5a8b7c6d5e4f3a2b1c0b6f1c3a"]},
    bodies=[
        {"name": "valid", "type": "payment_intent.succeeded", "id": "evt_hkdmdx5cbgt5j9xt4ir", "body": event("evt_hkdmdx5cbgt5j9xt4ir", "payment_intent.succeeded")},
        {"name": "valid-refund", "type": "refund.settled", "id": "evt_hkdmdx5cbgt5j9xt4is", "body": event("evt_hkdmdx5cbgt5j9xt4is", "refund.settled")},
    ],
    sign=sign,
    accepts=lambda request, secret, now: (
        abs(now - int(request.headers["x-timestamp"]) / 1000) <= 300
        and same(request.headers["x-signature"], hmac("sha256", secret, request.headers["x-timestamp"].encode() + request.body))),
    timestamped={"tolerance_s": 300},
)
