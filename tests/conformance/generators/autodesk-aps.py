# packages:
import json

from cases import hmac, same, suite


def event(kind, version):
    return json.dumps({
        "version": "1.0", "resourceUrn": f"urn:adsk.wipprod:fs.file:vf.4a1b2c3d4e?version={version}",
        "hook": {"hookId": "0f60f6a0-996c-11e7-abf3-51d68cff984c", "callbackUrl": "https://hooks.example.com/in/autodesk-aps", "event": kind, "system": "data", "status": "active"},
        "payload": {"ext": "rvt", "modifiedTime": "2026-01-01T00:00:00+0000", "name": "house.rvt", "version": str(version)}})


def mac(secret, body):
    return "sha1hash=" + hmac("sha1", secret, body)


def sign(request, secret, now):
    request.headers["x-adsk-signature"] = mac(secret, request.body)


def delivery(name, kind, version, ident):
    return {"name": name, "type": kind, "headers": {"x-adsk-delivery-id": ident}, "body": event(kind, version)}


suite(
    provider="autodesk-aps",
    by="none: documented scheme, HMAC-SHA1 of the body",
    config={"secrets": ["awffbvdb3trf4fvdfbUyt39suHnbe5Mnrks3"]},
    bodies=[
        delivery("valid", "dm.version.added", 2, "4a1c9b66-0a3f-4f0a-8c5b-0f6f6f2d6b8e"),
        delivery("valid-deleted", "dm.version.deleted", 3, "4a1c9b66-0a3f-4f0a-8c5b-0f6f6f2d6b8f"),
    ],
    sign=sign,
    accepts=lambda request, secret, now: same(request.headers["x-adsk-signature"], mac(secret, request.body)),
)
