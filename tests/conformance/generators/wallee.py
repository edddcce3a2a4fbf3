# packages: wallee==6.4.0 cryptography==46.0.3
import re
import sys
from base64 import b64encode

from cases import key_pair, suite
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.hashes import SHA256

sys.path.pop(0)  # this folder, whose wallee.py is not the package
from wallee.utils.encryption_util import EncryptionUtil

mine, another = key_pair("p256"), key_pair("p256", "another")


def sign(request, key, now):
    signature = b64encode(key.sign(request.body, ECDSA(SHA256()))).decode()
    request.headers["x-signature"] = f"algorithm=SHA256withECDSA, keyId=aa2ab2c3-0c9a-4e10-b5f1-5f1c2e8a3b1d, signature={signature}"


# The package fetches the key of the keyId before this.
def accepts(request, key, now, config):
    algorithm, value = re.fullmatch(r"algorithm=([a-zA-Z0-9]+),\s*keyId=[a-zA-Z0-9-]+,\s*signature=([a-zA-Z0-9+/=]+)", request.headers["x-signature"]).groups()
    return EncryptionUtil.is_content_valid(request.text, value, config["public_key_base64"], algorithm)


suite(
    provider="wallee",
    by="wallee@6.4.0 EncryptionUtil.is_content_valid",
    config={"public_key_base64": mine.base64},
    bodies=[
        {
            "name": "valid",
            "type": "Transaction.FULFILL",
            "id": "12345678.4242",
            "body": '{"eventId":12345678,"entityId":98765432,"listenerEntityId":1472041829003,"listenerEntityTechnicalName":"Transaction","spaceId":405,"webhookListenerId":4242,"timestamp":"2026-01-01T00:00:00+0000","state":"FULFILL"}',
        },
    ],
    sign=sign,
    accepts=accepts,
    keys=[mine.private_key, another.private_key],
    other_config={"public_key_base64": another.base64},
    long_body=1500,
)
