# packages: benchling-sdk==1.25.0 cryptography==45.0.7 freezegun==1.5.5
import base64
import json

from benchling_sdk.apps.helpers.webhook_helpers import verify
from cases import key_pair, put, suite
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from jwcrypto import jwk

MINE, ANOTHER = key_pair("p256"), key_pair("p256", "another")


def message(kind, **more):
    return json.dumps({
        "version": "0", "baseURL": "https://acme.benchling.com", "tenantId": "ten_a1b2c3", "app": {"id": "app_a1b2c3"},
        "appDefinition": {"id": "appdef_a1b2c3", "versionNumber": "0.0.1"}, "channel": "app_signals",
        "message": {"type": kind, "id": "evt_1", "deprecated": False, "excludedProperties": [], **more},
    })


def config(pair):
    return {"public_key_pem": pair.pem, "app_definition_id": "appdef_a1b2c3"}


def sign(request, key, now):
    request.headers["webhook-timestamp"] = str(now)
    content = f"{request.headers['webhook-id']}.{now}.".encode() + request.body
    signature = key.sign(content, ec.ECDSA(hashes.SHA256()))
    request.headers["webhook-signature"] = f"v1der,{base64.b64encode(signature).decode()}"


def accepts(request, secret, now, owner):
    def keys(app_definition_id):
        found = jwk.JWKSet()
        found.add(jwk.JWK.from_pem(owner["public_key_pem"].encode()))
        return found

    verify(owner["app_definition_id"], request.text, request.headers, keys)
    return True


suite(
    provider="benchling",
    by="benchling-sdk==1.25.0 webhook_helpers.verify",
    config=config(MINE),
    other_config=config(ANOTHER),
    keys=[MINE.private_key, ANOTHER.private_key],
    bodies=[
        {"name": "valid", "type": "v2.canvas.userInteracted", "id": "whdl_01JAX9Z4Q2W3E4R5T6Y7U8I9O0",
         "headers": {"webhook-id": "whdl_01JAX9Z4Q2W3E4R5T6Y7U8I9O0"}, "body": message("v2.canvas.userInteracted", canvasId="cnvs_Yq0CjVJb")},
        {"name": "valid-installation", "type": "v2-beta.app.activateRequested", "id": "whdl_01JAX9Z4Q2W3E4R5T6Y7U8I9O1",
         "headers": {"webhook-id": "whdl_01JAX9Z4Q2W3E4R5T6Y7U8I9O1"}, "body": message("v2-beta.app.activateRequested")},
    ],
    sign=sign,
    accepts=accepts,
    signature="webhook-signature",
    timestamped={"tolerance_s": 300},
    long_body=1500,
    forge={"another-id": lambda request: put(request, "webhook-id", "whdl_01JAX9Z4Q2W3E4R5T6Y7U8I9O2")},
)
