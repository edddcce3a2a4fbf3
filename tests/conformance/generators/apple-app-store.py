# packages: app-store-server-library==3.1.2
import base64
import datetime
import json

from cases import put, read, suite
from appstoreserverlibrary.models.Environment import Environment
from appstoreserverlibrary.signed_data_verifier import SignedDataVerifier
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.x509.oid import NameOID

PLACE = {"json": "/signedPayload"}
LEAF, INTERMEDIATE = "1.2.840.113635.100.6.11.1", "1.2.840.113635.100.6.2.1"
START, END = datetime.datetime(2025, 6, 1), datetime.datetime(2027, 6, 1)


def encoded(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def certificate(name, key, issuer, issuer_key, mark=None, end=END):
    def named(text):
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])

    is_leaf = name == "L"
    usage = {field: False for field in (
        "content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "encipher_only", "decipher_only")}
    builder = (
        x509.CertificateBuilder().subject_name(named(name)).issuer_name(named(issuer)).public_key(key.public_key())
        .serial_number(len(name) + ord(name[0])).not_valid_before(START).not_valid_after(end)
        .add_extension(x509.BasicConstraints(ca=not is_leaf, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(digital_signature=is_leaf, key_cert_sign=not is_leaf, crl_sign=not is_leaf, **usage), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False))
    if mark:
        builder = builder.add_extension(x509.UnrecognizedExtension(x509.ObjectIdentifier(mark), b"\x05\x00"), critical=False)
    return builder.sign(issuer_key, hashes.SHA256())


class Chain:
    def __init__(self, above=None, leaf_end=END):
        root, middle, self.key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(3))
        root, middle = self.above = above or (root, middle)
        self.root = certificate("R", root, "R", root)
        chain = [certificate("L", self.key, "I", middle, LEAF, leaf_end), certificate("I", middle, "R", root, INTERMEDIATE), self.root]
        self.x5c = [base64.b64encode(one.public_bytes(serialization.Encoding.DER)).decode() for one in chain]

    def token(self, payload, algorithm="ES256", sign=True):
        head = json.dumps({"alg": algorithm, "x5c": self.x5c}, separators=(",", ":"))
        content = f"{encoded(head.encode())}.{encoded(payload)}"
        r, s = decode_dss_signature(self.key.sign(content.encode(), ec.ECDSA(hashes.SHA256())))
        return f"{content}.{encoded(r.to_bytes(32, 'big') + s.to_bytes(32, 'big')) if sign else ''}"


def notification(kind, subtype, ident, **rest):
    said = {"notificationType": kind, "subtype": subtype, "notificationUUID": ident, "version": "2.0", "signedDate": 1767225600000, **rest}
    return json.dumps({name: value for name, value in said.items() if value}, separators=(",", ":"))


DATA = {"bundleId": "com.example", "environment": "Sandbox"}
MINE, ANOTHER = Chain(), Chain()
EXPIRED = Chain(MINE.above, datetime.datetime(2025, 12, 1))
ID = "002e14d5-51f5-4503-b5a8-c3a1af68eb20"
ONE = notification("SUBSCRIBED", "INITIAL_BUY", ID, data=DATA)


# The preset's own check, with another root.
def owner(chain):
    pem = chain.root.public_bytes(serialization.Encoding.PEM).decode()
    bundle = "".join(f"[{{claim:/{name}/bundleId}}]" for name in ("data", "summary", "externalPurchaseToken", "appData"))
    return {"bundle_ids": ["com.example"], "override": {"verify": {"all": [
        {"jwt": {"from": "{json:/signedPayload}", "algorithms": ["ES256"], "x5c_root": pem}}, {"one_of": {"value": bundle, "param": "bundle_ids"}}]}}}


def accepts(request, secret, now, config):
    root = x509.load_pem_x509_certificate(config["override"]["verify"]["all"][0]["jwt"]["x5c_root"].encode())
    verifier = SignedDataVerifier([root.public_bytes(serialization.Encoding.DER)], False, Environment.SANDBOX, "com.example")
    return verifier.verify_and_decode_notification(read(request, PLACE)) is not None


def body(payload):
    return json.dumps({"signedPayload": payload}, separators=(",", ":"))


def instead(token):
    return lambda request: put(request, PLACE, token)


def tampered(request):
    head, _, tag = read(request, PLACE).split(".")
    put(request, PLACE, f"{head}.{encoded(ONE.replace('INITIAL_BUY', 'RESUBSCRIBE').encode())}.{tag}")


suite(
    provider="apple-app-store",
    by="app-store-server-library==3.1.2 SignedDataVerifier.verify_and_decode_notification",
    config=owner(MINE),
    other_config=owner(ANOTHER),
    keys=[MINE, ANOTHER],
    bodies=[
        {"name": "valid", "type": "SUBSCRIBED.INITIAL_BUY", "id": ID, "body": body(ONE)},
        {"name": "valid-summary", "type": "RENEWAL_EXTENSION", "id": ID, "body": body(notification("RENEWAL_EXTENSION", None, ID, summary=DATA))},
    ],
    sign=lambda request, chain, now: put(request, PLACE, chain.token(read(request, PLACE).encode())),
    accepts=accepts,
    signature=PLACE,
    covers=[],  # the body is the token
    odd_bodies=False,
    skip=["truncated-signature"],  # that would be of the certificates, as changed-signature is
    forge={
        "tampered-payload": tampered,
        "another-bundle": instead(MINE.token(ONE.replace("com.example", "com.another").encode())),
        "no-algorithm": instead(MINE.token(ONE.encode(), "none", sign=False)),
        "expired-certificate": instead(EXPIRED.token(ONE.encode())),
    },
)
