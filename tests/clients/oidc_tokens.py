"""Keys and access tokens of an OpenID Connect issuer, made by joserfc.

oidc_tokens.py ISSUER AUDIENCE NOW: prints a JSON object with `first` and `second`, two key sets of which the
second has one key more, and `tokens` by their names: `good`, `rotated` (by the second set's new key), and what is
wrong with the others.
"""

import base64
import hmac
import json
import sys

from joserfc import jwt
from joserfc.jwk import RSAKey


def main(issuer: str, audience: str, now: int) -> None:
    first, second, strange = (RSAKey.generate_key(2048, {"kid": kid}) for kid in ("first", "second", "first"))
    claims = {
        "iss": issuer, "aud": audience, "sub": "orders", "client_id": "orders",
        "scope": "openid webhooks:read webhooks:write", "iat": now, "nbf": now, "exp": now + 3600,
    }

    def token(key: RSAKey = first, alg: str = "RS256", head: dict | None = None, **changes) -> str:
        made = {name: value for name, value in {**claims, **changes}.items() if value is not None}
        return jwt.encode({"alg": alg, "typ": "at+jwt", "kid": key.kid, **(head or {})}, made, key, algorithms=[alg])

    def text(part: dict) -> str:
        return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()

    confused = text({"alg": "HS256", "typ": "at+jwt", "kid": "first"}) + "." + text(claims)
    tag = hmac.digest(first.as_pem(private=False), confused.encode(), "sha256")
    tokens = {
        "good": token(),
        "good-list": token(aud=["somebody", audience]),
        "other-client": token(sub="billing"),
        "rotated": token(second),
        "aud": token(aud="somebody"),
        "no-aud": token(aud=None),
        "iss": token(iss=issuer + "/"),
        "sub": token(sub="somebody"),
        "no-sub": token(sub=None),
        "scope": token(scope="webhooks:write"),
        "scope-part": token(scope="webhooks:write2 webhooks:read"),
        "no-scope": token(scope=None),
        "expired": token(iat=now - 7200, nbf=now - 7200, exp=now - 3600),
        "no-exp": token(exp=None),
        "early": token(nbf=now + 3600),
        "another-algorithm": token(alg="RS512"),
        "strange-key": token(strange),
        "none": text({"alg": "none", "typ": "at+jwt"}) + "." + text(claims) + ".",
        # The public key, which everybody has, as if it were a secret.
        # joserfc would not make it.
        "confused": confused + "." + base64.urlsafe_b64encode(tag).rstrip(b"=").decode(),
    }
    known = first.as_dict(private=False)
    print(json.dumps({
        "first": {"keys": [known]},
        "second": {"keys": [known, second.as_dict(private=False)]},
        "tokens": tokens,
    }))


main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
