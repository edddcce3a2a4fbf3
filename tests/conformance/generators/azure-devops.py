# packages:
import base64
import json

from cases import same, suite

SECRET = "azure:a long password, with: a colon"


def event(ident, kind):
    return json.dumps({
        "subscriptionId": "00000000-0000-0000-0000-000000000000", "notificationId": 1, "id": ident, "eventType": kind, "publisherId": "tfs",
        "resource": {"id": 5, "url": "https://dev.azure.com/fabrikam/_apis/wit/workItems/5", "rev": 1}, "resourceVersion": "1.0",
        "createdDate": "2026-01-01T00:00:00.553Z"})


def basic(credentials):
    return "Basic " + base64.b64encode(credentials.encode()).decode()


suite(
    provider="azure-devops",
    by="none: documented scheme, Basic authentication",
    config={"secrets": [SECRET]},
    other_config={"secrets": ["azure:another password, with: a colon"]},
    bodies=[
        {"name": "valid", "type": "git.push", "id": "03c164c2-8912-4d5e-8009-3707d5f83734", "body": event("03c164c2-8912-4d5e-8009-3707d5f83734", "git.push")},
        {"name": "valid-work-item", "type": "workitem.created", "id": "03c164c2-8912-4d5e-8009-3707d5f83735", "body": event("03c164c2-8912-4d5e-8009-3707d5f83735", "workitem.created")},
    ],
    sign=lambda request, secret, now: request.headers.update(authorization=basic(secret)),
    accepts=lambda request, secret, now: same(request.headers["authorization"], basic(secret)),
    covers=[],
    odd_bodies=False,
    forge={
        "another-scheme": lambda request: request.headers.update(authorization=request.headers["authorization"].replace("Basic", "Bearer")),
        "no-password": lambda request: request.headers.update(authorization=basic("azure:")),
    },
)
