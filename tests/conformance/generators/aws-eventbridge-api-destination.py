# packages:
import base64
import json

from cases import same, suite

SECRET = "0b6f1c3a9d2e4f5a8b7c6d5e4f3a2b1c"
USER = "eventbridge:a long password"


def event(kind, ident):
    return json.dumps({
        "version": "0", "id": ident, "detail-type": kind, "source": "aws.ec2", "account": "111122223333", "time": "2026-01-01T00:00:00Z", "region": "us-west-1",
        "resources": ["arn:aws:ec2:us-west-1:111122223333:instance/i-1234567890abcdef0"], "detail": {"instance-id": "i-1234567890abcdef0", "state": "terminated"}})


def basic(credentials):
    return "Basic " + base64.b64encode(credentials.encode()).decode()


EC2, ID = "EC2 Instance State-change Notification", "6a7e8feb-b491-4cf7-a9f1-bf3703467718"

suite(
    provider="aws-eventbridge-api-destination",
    by="none: documented scheme, an API key or Basic authentication",
    config={"secrets": [SECRET]},
    bodies=[
        {"name": "valid", "type": EC2, "id": ID, "body": event(EC2, ID)},
        {"name": "valid-scheduled", "type": "Scheduled Event", "id": "53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa", "body": event("Scheduled Event", "53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa")},
    ],
    sign=lambda request, secret, now: request.headers.update({"x-api-key": secret}),
    accepts=lambda request, secret, now: same(request.headers.get("x-api-key", ""), secret) or same(request.headers.get("authorization", ""), basic(secret)),
    signature="x-api-key",
    covers=[],
    odd_bodies=False,
    extra=[{"case": "valid-basic", "expect": "accept", "type": EC2, "id": ID, "body": event(EC2, ID), "config": {"secrets": [USER]},
            "headers": {"content-type": "application/json", "authorization": basic(USER)}}],
)
