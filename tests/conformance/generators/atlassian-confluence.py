# packages:
import json

from cases import hmac, same, suite


def event(kind, time):
    return json.dumps({"timestamp": time, "event": kind, "userKey": "ff80818154ec2e030154ec2e45920000",
                       "page": {"id": 1572865, "title": "Release notes", "spaceKey": "DOC", "version": 1, "creatorName": "jsmith"}})


def mac(secret, body):
    return "sha256=" + hmac("sha256", secret, body)


def sign(request, secret, now):
    request.headers["x-hub-signature"] = mac(secret, request.body)


suite(
    provider="atlassian-confluence",
    by="none: documented scheme, HMAC of the body",
    config={"secrets": ["Qm2tPz0sKx9wRjLg4eNf7aDi5oHcUvYb"]},
    bodies=[
        {"name": "valid", "type": "page_created", "body": event("page_created", 1767225600000)},
        {"name": "valid-updated", "type": "page_updated", "body": event("page_updated", 1767225605000)},
    ],
    sign=sign,
    accepts=lambda request, secret, now: same(request.headers["x-hub-signature"], mac(secret, request.body)),
    forge={"sha1": lambda request: request.headers.update({"x-hub-signature": "sha1=" + hmac("sha1", "Qm2tPz0sKx9wRjLg4eNf7aDi5oHcUvYb", request.body)})},
)
