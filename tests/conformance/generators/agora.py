# packages:
import json

from cases import hmac, same, suite


def event(ident, kind):
    return json.dumps({"sid": "C5FFA6B7F0A14C5B8F3E6A7D8C9B0A1F", "noticeId": ident, "productId": 1, "eventType": kind, "notifyMs": 1767225600426,
                       "payload": {"platform": 1, "reason": 1, "ts": 1767225600, "uid": 12121212, "channelName": "test_webhook"}})


def sign(request, secret, now):
    request.headers["agora-signature-v2"] = hmac("sha256", secret, request.body)


def sha1_only(request):
    del request.headers["agora-signature-v2"]
    request.headers["agora-signature"] = hmac("sha1", "zyTBeXfMm", request.body)


PUBLISHED = ('{"eventMs":1560408533119,"eventType":10,"noticeId":"4eb720f0-8da7-11e9-a43e-53f411c2761f","notifyMs":1560408533119,'
             '"payload":{"a":"1","b":2},"productId":1}')

suite(
    provider="agora",
    by="none: documented scheme, HMAC of the body; docs-test-vector is the documents' own",
    config={"secrets": ["zyTBeXfMm"]},
    bodies=[
        {"name": "valid", "type": "1.103", "id": "2000001428:4330:107", "body": event("2000001428:4330:107", 103)},
        {"name": "valid-left", "type": "1.104", "id": "2000001428:4330:108", "body": event("2000001428:4330:108", 104)},
    ],
    sign=sign,
    accepts=lambda request, secret, now: same(request.headers["agora-signature-v2"], hmac("sha256", secret, request.body)),
    forge={"sha1-only": sha1_only},
    extra=[{"case": "docs-test-vector", "expect": "accept", "type": "1.10", "id": "4eb720f0-8da7-11e9-a43e-53f411c2761f", "body": PUBLISHED,
            "config": {"secrets": ["secret"], "override": {"secret": {"bytes_min": 6}}},
            "headers": {"content-type": "application/json", "agora-signature-v2": "6d3320c60b11101395b7fc8f9068748808a0aa1bfa064438e39d1bc2c7d74d99"}}],
)
