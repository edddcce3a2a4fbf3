# packages:
import json

from cases import hmac, same, suite

SECRET = "It's a Secret to Everybody"


def push(branch):
    return json.dumps({
        "push": {"changes": [{"old": None, "new": {"name": branch, "type": "branch", "target": {"hash": "709d658dc5b6d6afcd46049c2f332ee3f515a67d"}}, "created": True}]},
        "repository": {"full_name": "team/project", "uuid": "{d6f9e2b1-3c4a-4d5e-8f6a-7b8c9d0e1f2a}"}, "actor": {"display_name": "Emma"}})


def headers(event, ident):
    return {"x-event-key": event, "x-request-uuid": ident, "x-attempt-number": "1"}


def mac(secret, body):
    return "sha256=" + hmac("sha256", secret, body)


def sign(request, secret, now):
    request.headers["x-hub-signature"] = mac(secret, request.body)


ID = "b2b8c1f4-6f5d-4e0b-9a3c-7e1d2c3b4a5f"

suite(
    provider="bitbucket",
    by="none: documented scheme, HMAC of the body; docs-test-vector is the documents' own",
    config={"secrets": [SECRET]},
    bodies=[
        {"name": "valid", "type": "repo:push", "id": ID, "headers": headers("repo:push", ID), "body": push("main")},
        {"name": "valid-merged", "type": "pullrequest:fulfilled", "id": ID, "headers": headers("pullrequest:fulfilled", ID), "body": push("feature")},
    ],
    sign=sign,
    accepts=lambda request, secret, now: same(request.headers["x-hub-signature"], mac(secret, request.body)),
    forge={"sha1": lambda request: request.headers.update({"x-hub-signature": "sha1=" + hmac("sha1", SECRET, request.body)})},
    extra=[{"case": "docs-test-vector", "expect": "accept", "type": "repo:push", "id": ID, "body": "Hello World!",
            "headers": {"content-type": "application/json", **headers("repo:push", ID), "x-hub-signature": "sha256=a4771c39fbe90f317c7824e83ddef3caae9cb3d976c214ace1f2937e133263c9"}}],
)
