# packages:
import json

from cases import hmac, same, suite


def events(*pairs):
    return json.dumps({"events": [
        {"action": action, "event_id": ident, "event_datetime": "2026-01-01T00:00:00+00:00", "author": "julia", "author_type": "ui", "pim_source": "https://demo.akeneo.com",
         "data": {"resource": {"identifier": "blue_jean", "family": "jean", "enabled": True}}}
        for action, ident in pairs]})


def mac(secret, body, now):
    return hmac("sha256", secret, f"{now}.".encode() + body)


def sign(request, secret, now):
    request.headers["x-akeneo-request-timestamp"] = str(now)
    request.headers["x-akeneo-request-signature"] = mac(secret, request.body, now)


def accepts(request, secret, now):
    time = request.headers["x-akeneo-request-timestamp"]
    return abs(now - int(time)) <= 300 and same(request.headers["x-akeneo-request-signature"], mac(secret, request.body, time))


ID = "ce4b1c0b-2dd1-4d54-9cbd-b0e52dd94bd6"

suite(
    provider="akeneo",
    by="none: documented scheme, HMAC of timestamp.body",
    config={"secrets": ["3ha6eonoa9icsckw8kccos084w0c0000g08g40oo4kww0gc8w4"]},
    bodies=[
        {"name": "valid", "type": "product.updated", "id": ID, "body": events(("product.updated", ID))},
        {"name": "valid-batch", "type": "product.created", "id": ID, "body": events(("product.created", ID), ("product.removed", "ce4b1c0b-2dd1-4d54-9cbd-b0e52dd94bd7"))},
    ],
    sign=sign,
    accepts=accepts,
    timestamped={"tolerance_s": 300},
    long_body=2000,
)
