"""Turns a provider's scheme into test cases: genuine requests, and forgeries of the first one. See ../README.md.

A package that reads the clock by other means than time.time() needs freezegun among the generator's packages.
"""
import base64
import contextlib
import copy
import datetime
import hashlib
import hmac as _hmac
import json
import re
import sys
import time
from unittest import mock
from urllib.parse import parse_qs, quote, unquote_plus, urlsplit

try:
    from freezegun import freeze_time
except ImportError:
    freeze_time = None


@contextlib.contextmanager
def _clock(now):
    if freeze_time:
        with freeze_time(datetime.datetime.fromtimestamp(now, datetime.timezone.utc)):
            yield
    else:
        with mock.patch("time.time", lambda: float(now)):
            yield


class Request:
    def __init__(self, url, method="POST", headers=None, body=b""):
        self.method, self.url = method, url
        self.headers = {name.lower(): value for name, value in (headers or {}).items()}
        self.body = body.encode() if isinstance(body, str) else bytes(body)

    @property
    def text(self):
        return self.body.decode("utf-8", "replace")

    @text.setter
    def text(self, text):
        self.body = text.encode()

    @property
    def json(self):
        return json.loads(self.text)

    def __eq__(self, other):
        return vars(self) == vars(other)


def hmac(algorithm, key, content, encoding="hex"):
    key, content = (part.encode() if isinstance(part, str) else part for part in (key, content))
    digest = _hmac.new(key, content, algorithm).digest()
    return digest.hex() if encoding == "hex" else base64.b64encode(digest).decode()


def same(a, b):
    return str(a) == str(b)


class KeyPair:
    """The same key at every run for "ed25519" and "p256"; a fresh one for "rsa". Needs the package cryptography."""

    def __init__(self, kind, name="mine"):
        from cryptography.hazmat.primitives import serialization as s
        from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

        seed = hashlib.sha256(name.encode()).digest()
        self.private_key = {
            "ed25519": lambda: ed25519.Ed25519PrivateKey.from_private_bytes(seed),
            "p256": lambda: ec.derive_private_key(int.from_bytes(seed, "big"), ec.SECP256R1()),
            "rsa": lambda: rsa.generate_private_key(65537, 2048),
        }[kind]()
        self.public_key = self.private_key.public_key()
        der = self.public_key.public_bytes(s.Encoding.DER, s.PublicFormat.SubjectPublicKeyInfo)
        raw = der[-32:] if kind == "ed25519" else der
        self.hex, self.base64 = raw.hex(), base64.b64encode(raw).decode()
        self.pem = self.public_key.public_bytes(s.Encoding.PEM, s.PublicFormat.SubjectPublicKeyInfo).decode()


def key_pair(kind, name="mine"):
    return KeyPair(kind, name)


def read(request, place):
    """A place is "header-name", {"query": "name"}, {"form": "name"} or {"json": "/pointer"} (a string in the body)."""
    if isinstance(place, str):
        return request.headers.get(place.lower())
    if "query" in place or "form" in place:
        text = urlsplit(request.url).query if "query" in place else request.text
        return parse_qs(text, keep_blank_values=True).get(next(iter(place.values())), [None])[0]
    try:
        value = request.json
        for key in place["json"].split("/")[1:]:
            value = value[int(key) if isinstance(value, list) else key]
        return value
    except (ValueError, KeyError, IndexError, TypeError):
        return None


def put(request, place, value):
    """Sets the value of a place, or removes it when value is None; the rest of the request keeps its bytes."""
    if isinstance(place, str):
        if value is None:
            request.headers.pop(place.lower(), None)
        else:
            request.headers[place.lower()] = value
    elif "query" in place:
        base, _, query = request.url.partition("?")
        pairs = _put_pair(query, place["query"], value)
        request.url = f"{base}?{pairs}" if pairs else base
    elif "form" in place:
        request.text = _put_pair(request.text, place["form"], value)
    else:
        old = read(request, place)
        written = json.dumps(old, ensure_ascii=False)
        if value is not None and isinstance(old, str) and request.text.count(written) == 1:
            request.text = request.text.replace(written, json.dumps(value, ensure_ascii=False))
            return
        root = parent = request.json
        *path, last = place["json"].split("/")[1:]
        for key in path:
            parent = parent[int(key)] if isinstance(parent, list) else parent.setdefault(key, {})
        if value is None:
            parent.pop(last, None)
        else:
            parent[last] = value
        request.text = json.dumps(root, ensure_ascii=False, separators=(",", ":"))


def _put_pair(text, name, value):
    pairs = [pair for pair in text.split("&") if pair]
    at = next((i for i, pair in enumerate(pairs) if unquote_plus(pair.split("=")[0]) == name), len(pairs))
    pairs[at:at + 1] = [] if value is None else [f"{quote(name, safe='')}={quote(value, safe='')}"]
    return "&".join(pairs)


def _call(function, *given):
    return function(*given[:function.__code__.co_argcount]) if hasattr(function, "__code__") else function(*given)


def suite(*, provider, by, config, bodies, sign, accepts=None, other_config=None, keys=(), now=1767225600, url=None, method="POST",
          headers=None, signature=None, covers=("body",), timestamped=None, odd_bodies="json", long_body=4000, tamper=None,
          forge=None, lenient=(), skip=(), extra=()):
    if accepts is None and not by.startswith("none:"):
        raise SystemExit(f"{provider}: by names a package, so accepts is needed")
    url = url or f"https://hooks.example.com/in/{provider}"
    headers = {"content-type": "application/json"} if headers is None else headers
    tamper = tamper or _tamper_text
    secrets = config.get("secrets")
    if other_config is None and secrets:
        other_config = {**config, "secrets": [other_text(one) for one in secrets]}
    other_secrets = (other_config or {}).get("secrets")
    secret = keys[0] if keys else secrets[0] if secrets else None
    other_secret = keys[1] if len(keys) > 1 else other_secrets[0] if other_secrets else None
    lines, names, left = [], set(), []

    def make(body, at=None, key=None, owner=None, change=None):
        at = now if at is None else at
        content = body.get("body", b"")
        request = Request(body.get("url") or url, body.get("method") or method, {**headers, **(body.get("headers") or {})},
                          content(at) if callable(content) else content or b"")
        if change:
            change(request)
        with _clock(at):
            return _call(sign, request, secret if key is None else key, at, owner or config) or request

    def judge(request, at, owner):
        error = None
        for one in owner.get("secrets") or [keys[0] if keys else None]:
            try:
                with _clock(at):
                    verdict = _call(accepts, copy.deepcopy(request), one, at, owner)
            except Exception as thrown:  # whatever a package throws at a forgery
                error = thrown
                continue
            if verdict is None:
                raise SystemExit(f"{provider}: accepts must return True or False")
            if verdict:
                return True, None
        return False, error

    def add(name, request, expect, body, owner=None, at=None, may=None, **rest):
        owner, at, note = owner or config, now if at is None else at, by
        if name in skip:
            return
        if name in names:
            raise SystemExit(f"{provider}: two cases are named {name}")
        if expect == "handshake":
            note = "none: documented scheme"
        elif accepts:
            accepted, error = judge(request, at, owner)
            if expect == "accept" and not accepted:
                raise SystemExit(f"{provider}: {name} is refused by the package: {error!r}")
            if expect == "reject" and name in lenient:
                if not accepted:
                    raise SystemExit(f"{provider}: {name} is said to be lenient, but the package refuses it")
                note = f"{by}; which accepts this, and we do not"
            elif expect == "reject" and accepted:
                if may != "skip":
                    raise SystemExit(f"{provider}: {name} is accepted by the package (lenient, skip or covers?)")
                left.append(name)
                return
        names.add(name)
        lines.append({
            "provider": provider,
            "case": name,
            "config": owner,
            "request": {"method": request.method, "url": request.url, "headers": request.headers,
                        "body_b64": base64.b64encode(request.body).decode()},
            "now": at,
            "expect": expect,
            "expect_type": body.get("type"),
            "expect_id": body.get("id"),
            "tolerance_s": timestamped["tolerance_s"] if timestamped else None,
            "verified_by": note,
            **rest,
        })

    def changed(change, base=None):
        request = copy.deepcopy(base or genuine)
        change(request)
        return request

    def body_change(change):
        def run(request):
            request.text = change(request.text)
        return run

    # Genuine requests.
    first = bodies[0]
    for body in bodies:
        add(body["name"], make(body), "accept", body)
    for name, change in _odd(odd_bodies, long_body).items():
        add(f"valid-{name}", make(first, change=body_change(change)), "accept", first)
    if "url" in covers and "?" not in url:
        add("valid-query", make({**first, "url": f"{url}?a=1&b=c%20d"}), "accept", first)
    if secrets and other_secrets:
        owner = {**config, "secrets": [other_secrets[0], *secrets]}
        add("rotated-second-secret", make(first), "accept", first, owner=owner)

    # Forgeries. Where the signature is: as said, or among the headers that sign adds.
    genuine = make(first)
    given = {name.lower() for name in {**headers, **(first.get("headers") or {})}}
    added = [name for name in genuine.headers if name not in given]
    likely = added if len(added) == 1 else [
        name for name in added if re.search("sig|hmac|digest", name) and not re.search("time|algorithm|version", name)]
    places = likely if signature is None else signature if isinstance(signature, list) else [signature]
    if not places or not all(read(genuine, place) for place in places):
        raise SystemExit(f"{provider}: no signature at {places}; say where with signature")

    def damage(change):
        return changed(lambda request: [put(request, place, change(read(request, place))) for place in places])

    def reject(name, request, **more):
        add(name, request, "reject", first, **more)

    if "body" in covers and genuine.body:
        reject("tampered-body", changed(body_change(tamper)))
        reject("tampered-body-trailing-newline", changed(body_change(lambda text: text + "\n")))
        reject("tampered-body-truncated", changed(body_change(lambda text: text[:-1])))
        reject("tampered-body-emptied", changed(body_change(lambda text: "")))
        if all(isinstance(place, str) or "query" in place for place in places):
            another = make(first, change=body_change(tamper))
            reject("signature-of-another-body",
                   changed(lambda request: [put(request, place, read(another, place)) for place in places]))
    if "url" in covers:
        def query(request):
            request.url += ("&" if "?" in request.url else "?") + "x=1"
        reject("query-added", changed(query))
    if "method" in covers:
        def verb(request):
            request.method = "PUT" if request.method == "POST" else "POST"
        reject("another-method", changed(verb))
    if other_secret is not None or other_config:
        reject("wrong-secret", make(first, key=other_secret, owner=other_config))
    reject("missing-signature", damage(lambda value: None))
    reject("empty-signature", damage(lambda value: ""))
    reject("truncated-signature", damage(lambda value: _in_run(value, lambda run: run[:-4])))
    reject("changed-signature", damage(lambda value: _in_run(value, lambda run: _other_at(run, len(run) // 2))))
    reject("garbage-signature", damage(lambda value: "not a signature; %%%"))
    for name in (name for name in added if name not in places):
        reject(f"missing-{name}", changed(lambda request: put(request, name, None)), may="skip")
        value = _in_run(genuine.headers[name], lambda run: _other_at(run, len(run) - 1))
        reject(f"changed-{name}", changed(lambda request: put(request, name, value)), may="skip")
    if timestamped:
        tolerance = timestamped["tolerance_s"]
        past = timestamped.get("past_s", tolerance)
        stale = make(first, at=now - past - 60)
        reject("stale-timestamp", stale)
        reject("future-timestamp", make(first, at=now + tolerance + 60))
        rewritten = changed(lambda request: _redate(request, now - past - 60, now), stale)
        if rewritten != stale:
            reject("replayed-with-fresh-timestamp", rewritten)
        add("old-within-tolerance", make(first, at=now - past + min(30, past // 2)), "accept", first)
    for name, change in (forge or {}).items():
        request = copy.deepcopy(genuine)
        reject(name, change(request) or request)

    # Cases of the provider's own: case, expect, body, headers, method, url, sign=True, now, config, type, id, expect_status, ...
    for case in extra:
        case = dict(case)
        name, expect, signed = case.pop("case"), case.pop("expect"), case.pop("sign", False)
        at, owner = case.pop("now", now), case.pop("config", config)
        body = {key: case.pop(key, None) for key in ("type", "id", "body", "headers", "method", "url")}
        if signed:
            request = make(body, at=at, key=keys[0] if keys else (owner.get("secrets") or [None])[0], owner=owner)
        else:
            own = headers if body["headers"] is None else body["headers"]
            request = Request(body["url"] or url, body["method"] or method, own, body["body"] or b"")
        add(name, request, expect, body, owner=owner, at=at, **case)

    for name in lenient:
        if name not in names:
            raise SystemExit(f"{provider}: no case is named {name}")
    for line in lines:
        print(json.dumps(line, ensure_ascii=False, separators=(",", ":")))
    count = {expect: sum(line["expect"] == expect for line in lines) for expect in ("accept", "reject", "handshake")}
    note = f"; left out, as the package accepts them: {', '.join(left)}" if left else ""
    print(f"{provider}: {count['accept']} genuine, {count['reject']} forged, {count['handshake']} handshakes{note}", file=sys.stderr)


def other_text(text):
    """The same shape, another secret: head and tail stay, so that prefixes and paddings do."""
    start = max(text.rfind("_"), text.rfind("-")) + 1
    begin = start if len(text) - start > 8 else 0
    end = len(text) - 4 if len(text) - begin > 8 else len(text)
    return text[:begin] + "".join(map(_other_letter, text[begin:end])) + text[end:]


def _other_letter(letter):
    for ring in ("0123456789", "abcdef", "ABCDEF", "ghijklmnopqrstuvwxyz", "GHIJKLMNOPQRSTUVWXYZ"):
        if letter in ring:
            return ring[(ring.index(letter) + 1) % len(ring)]
    return letter


def _other_at(text, index):
    """Changes the letter at an index, or the nearest one before it that can be changed."""
    for at in range(index, -1, -1):
        other = _other_letter(text[at])
        if other != text[at]:
            return text[:at] + other + text[at + 1:]
    return text + "0"


def _in_run(value, change):
    """Changes the longest run of letters in a value: in t=1,v1=5257a8... the signature."""
    longest = max(re.findall(r"[A-Za-z0-9+/_-]+", value) or [""], key=len)
    return value.replace(longest, change(longest), 1)


def _tamper_text(text):
    """Changes a letter at the end of the last value, of a form or a JSON document, which stays one."""
    values = [match.start() for match in re.finditer(r'[A-Za-z0-9](?="\s*[,}\]])|\d(?=\s*[,}\]])', text)]
    return _other_at(text, values[-1] if values else len(text) - 1)


def _redate(request, old, new):
    def iso(at):
        return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(at))

    def change(text):
        return text.replace(str(old), str(new)).replace(iso(old), iso(new))

    request.headers = {name: change(value) for name, value in request.headers.items()}
    request.url, request.text = change(request.url), change(request.text)


def _odd(kind, long):
    if not kind:
        return {}
    if kind == "form":
        fields = {"plus": "a+b", "percent-20": "a%20b", "lower-case-percent": "caf%c3%a9", "utf8": "caf%C3%A9%F0%9F%9A%80",
                  "empty-value": "", "long": "x" * long}
        return {name: lambda text, value=value: f"{text}&hf_note={value}" for name, value in fields.items()}

    def member(value):
        return lambda text: re.sub(r"(\{?)(\s*\}\s*\]?\s*)$",
                                   lambda m: f'{m[1]}{"" if m[1] else ","}"hf_note":{value}{m[2]}', text, count=1)
    return {
        "utf8": member('"café – 日本 🚀 \u2028"'),
        "escaped-unicode": member('"caf\\u00e9 \\ud83d\\ude80 \\/ \\u003c\\u0026\\u003e"'),
        "html": member('"<a href=\'x\'>&amp; + %20</a>"'),
        "numbers": member("[12345678901234567890,1.0,1e2,-0,0.1000]"),
        "trailing-newline": lambda text: text + "\n",
        "pretty-printed": _indent,
        "crlf": lambda text: _indent(text).replace("\n", "\r\n"),
        "long": member('"' + "x" * long + '"'),
    }


def _indent(text):
    """Pretty printing that leaves every token as it is written."""
    depth, out = 0, []
    for token in re.findall(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+', text):
        depth += (token in "{[") - (token in "}]")
        line = "\n" + "  " * depth
        out.append(token + line if token in "{[," else line + token if token in "}]" else ": " if token == ":" else token)
    return "".join(out)
