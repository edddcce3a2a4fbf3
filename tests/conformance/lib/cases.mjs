// Turns a provider's scheme into test cases: genuine requests, and forgeries of the first one. See ../README.md.
// Import this before the provider's package, so that the package reads the case's clock.
import crypto from 'node:crypto';

let clock = null;
const RealDate = Date;
globalThis.Date = class Date extends RealDate {
  constructor(...given) {
    super(...(given.length || clock === null ? given : [clock * 1000]));
  }
  static now() {
    return clock === null ? RealDate.now() : clock * 1000;
  }
  static [Symbol.hasInstance](value) {
    return value instanceof RealDate;
  }
};

export class Request {
  constructor({ method = 'POST', url, headers = {}, body = '' }) {
    this.method = method;
    this.url = url;
    this.headers = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
    this.body = Buffer.from(body);
  }
  get text() {
    return this.body.toString('utf8');
  }
  get json() {
    return JSON.parse(this.text);
  }
}

export const hmac = (algorithm, key, content, encoding = 'hex') =>
  crypto.createHmac(algorithm, key).update(content).digest(encoding);

export const same = (a, b) => Buffer.from(String(a)).equals(Buffer.from(String(b)));

// The same key at every run: { privateKey, publicKey, hex, base64, pem } for 'ed25519' and 'p256'; a fresh one for 'rsa'.
export function keyPair(kind, name = 'mine') {
  const seed = crypto.createHash('sha256').update(name).digest();
  let privateKey;
  if (kind === 'ed25519') {
    const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]);
    privateKey = crypto.createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  } else if (kind === 'p256') {
    const ecdh = crypto.createECDH('prime256v1');
    ecdh.setPrivateKey(seed);
    const point = ecdh.getPublicKey();
    const part = (bytes) => bytes.toString('base64url');
    const jwk = { kty: 'EC', crv: 'P-256', x: part(point.subarray(1, 33)), y: part(point.subarray(33)), d: part(seed) };
    privateKey = crypto.createPrivateKey({ key: jwk, format: 'jwk' });
  } else if (kind === 'rsa') {
    privateKey = crypto.generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  } else throw new Error(`keyPair: unknown kind ${kind}`);
  const publicKey = crypto.createPublicKey(privateKey);
  const der = publicKey.export({ format: 'der', type: 'spki' });
  const raw = kind === 'ed25519' ? der.subarray(-32) : der;
  const pem = publicKey.export({ format: 'pem', type: 'spki' });
  return { privateKey, publicKey, hex: raw.toString('hex'), base64: raw.toString('base64'), pem };
}

// A place is 'header-name', { query: 'name' }, { form: 'name' } or { json: '/pointer' } (a string in the body).
export function read(request, place) {
  if (typeof place === 'string') return request.headers[place.toLowerCase()];
  if (place.query) return new URL(request.url).searchParams.get(place.query) ?? undefined;
  if (place.form) return new URLSearchParams(request.text).get(place.form) ?? undefined;
  try {
    return keys(place).reduce((value, key) => value?.[key], request.json);
  } catch {
    return undefined;
  }
}

// Sets the value of a place, or removes it when value is undefined; the rest of the request keeps its bytes.
export function put(request, place, value) {
  if (typeof place === 'string') {
    if (value === undefined) delete request.headers[place.toLowerCase()];
    else request.headers[place.toLowerCase()] = value;
  } else if (place.query) {
    const [base, query = ''] = request.url.split('?');
    const pairs = putPair(query, place.query, value);
    request.url = pairs ? `${base}?${pairs}` : base;
  } else if (place.form) {
    request.body = Buffer.from(putPair(request.text, place.form, value));
  } else {
    const old = read(request, place);
    const written = JSON.stringify(old);
    if (value !== undefined && typeof old === 'string' && request.text.split(written).length === 2) {
      request.body = Buffer.from(request.text.replace(written, () => JSON.stringify(value)));
      return;
    }
    const root = request.json;
    const path = keys(place);
    const last = path.pop();
    const parent = path.reduce((object, key) => (object[key] ??= {}), root);
    if (value === undefined) delete parent[last];
    else parent[last] = value;
    request.body = Buffer.from(JSON.stringify(root));
  }
}

const keys = (place) => place.json.split('/').slice(1);

function putPair(text, name, value) {
  const pairs = text.split('&').filter(Boolean);
  const at = pairs.findIndex((pair) => decodeURIComponent(pair.split('=')[0]) === name);
  const pair = value === undefined ? [] : [`${encodeURIComponent(name)}=${encodeURIComponent(value)}`];
  pairs.splice(at < 0 ? pairs.length : at, at < 0 ? 0 : 1, ...pair);
  return pairs.join('&');
}

const known = ['provider', 'by', 'config', 'otherConfig', 'keys', 'now', 'url', 'method', 'headers', 'bodies', 'sign', 'accepts',
  'signature', 'covers', 'timestamped', 'oddBodies', 'longBody', 'tamper', 'forge', 'lenient', 'skip', 'extra'];

export async function suite(options) {
  for (const name of Object.keys(options)) if (!known.includes(name)) throw new Error(`suite has no option ${name}`);
  const {
    provider, by, config, sign, accepts, bodies, timestamped, oddBodies = 'json', longBody = 4000,
    now = 1767225600, url = `https://hooks.example.com/in/${provider}`, method = 'POST',
    headers = { 'content-type': 'application/json' }, covers = ['body'], tamper = tamperText,
    forge = {}, lenient = [], skip = [], extra = [],
  } = options;
  if (!provider || !by || !config || !sign || !bodies?.length)
    throw new Error('suite needs provider, by, config, bodies and sign');
  if (!accepts && !by.startsWith('none:')) throw new Error(`${provider}: by names a package, so accepts is needed`);
  const secret = options.keys?.[0] ?? config.secrets?.[0];
  const otherConfig = options.otherConfig ?? (config.secrets ? { ...config, secrets: config.secrets.map(otherText) } : undefined);
  const otherSecret = options.keys?.[1] ?? otherConfig?.secrets?.[0];
  const lines = [];
  const names = new Set();
  const left = [];

  async function at(time, run) {
    clock = time;
    try {
      return await run();
    } finally {
      clock = null;
    }
  }

  // A request of one of the bodies, signed at a time.
  async function make(body, { time = now, key = secret, by: owner = config, change } = {}) {
    const request = new Request({
      method: body.method ?? method,
      url: body.url ?? url,
      headers: { ...headers, ...body.headers },
      body: typeof body.body === 'function' ? body.body(time) : body.body ?? '',
    });
    change?.(request);
    const signed = await at(time, async () => (await sign(request, key, time, owner)) ?? request);
    return new Request(signed);
  }

  async function judge(request, time, owner) {
    let error = null;
    for (const one of owner.secrets ?? [options.keys?.[0]]) {
      try {
        const verdict = await at(time, () => accepts(new Request(request), one, time, owner));
        if (verdict === undefined) return { error: new Error('accepts must return true or false'), broken: true };
        if (verdict) return { accepted: true };
      } catch (thrown) {
        error = thrown;
      }
    }
    return { accepted: false, error };
  }

  // may: 'skip' leaves a forgery out that the package accepts, else that is an error.
  async function add(name, request, expect, body, { owner = config, time = now, may, ...rest } = {}) {
    if (skip.includes(name)) return;
    if (names.has(name)) throw new Error(`${provider}: two cases are named ${name}`);
    let note = by;
    if (accepts && expect !== 'handshake') {
      const { accepted, error, broken } = await judge(request, time, owner);
      if (broken) throw error;
      if (expect === 'accept' && !accepted) throw new Error(`${provider}: ${name} is refused by the package: ${error ?? 'false'}`);
      if (expect === 'reject' && lenient.includes(name)) {
        if (!accepted) throw new Error(`${provider}: ${name} is said to be lenient, but the package refuses it`);
        note = `${by}; which accepts this, and we do not`;
      } else if (expect === 'reject' && accepted) {
        if (may !== 'skip') throw new Error(`${provider}: ${name} is accepted by the package (lenient, skip or covers?)`);
        return void left.push(name);
      }
    } else if (expect === 'handshake') note = 'none: documented scheme';
    names.add(name);
    lines.push({
      provider,
      case: name,
      config: owner,
      request: { method: request.method, url: request.url, headers: request.headers, body_b64: request.body.toString('base64') },
      now: time,
      expect,
      expect_type: body.type ?? null,
      expect_id: body.id ?? null,
      tolerance_s: timestamped?.tolerance_s ?? null,
      verified_by: note,
      ...rest,
    });
  }

  // Genuine requests.
  const first = bodies[0];
  for (const body of bodies) await add(body.name, await make(body), 'accept', body);
  for (const [name, change] of Object.entries(odd(oddBodies, longBody))) {
    const request = await make(first, { change: (request) => (request.body = Buffer.from(change(request.text))) });
    await add(`valid-${name}`, request, 'accept', first);
  }
  if (covers.includes('url') && !url.includes('?'))
    await add('valid-query', await make({ ...first, url: `${url}?a=1&b=c%20d` }), 'accept', first);
  if (config.secrets && otherConfig?.secrets) {
    const owner = { ...config, secrets: [otherConfig.secrets[0], ...config.secrets] };
    await add('rotated-second-secret', await make(first), 'accept', first, { owner });
  }

  // Forgeries. Where the signature is: as said, or among the headers that sign adds.
  const genuine = await make(first);
  const added = Object.keys(genuine.headers).filter((name) => !(name in new Request({ headers: { ...headers, ...first.headers } }).headers));
  const likely = added.length === 1 ? added : added.filter((name) => /sig|hmac|digest/.test(name) && !/time|algorithm|version/.test(name));
  const places = [options.signature ?? likely].flat();
  if (!places.length || places.some((place) => !read(genuine, place)))
    throw new Error(`${provider}: no signature at ${JSON.stringify(places)}; say where with signature`);
  const forged = (change, base = genuine) => {
    const request = new Request(base);
    change(request);
    return request;
  };
  const damage = (change) => forged((request) => places.forEach((place) => put(request, place, change(read(request, place)))));
  const reject = (name, request, more) => add(name, request, 'reject', first, more);

  if (covers.includes('body') && genuine.body.length) {
    const body = (change) => forged((request) => (request.body = Buffer.from(change(request.text))));
    await reject('tampered-body', body(tamper));
    await reject('tampered-body-trailing-newline', body((text) => `${text}\n`));
    await reject('tampered-body-truncated', body((text) => text.slice(0, -1)));
    await reject('tampered-body-emptied', body(() => ''));
    if (places.every((place) => typeof place === 'string' || place.query)) {
      const another = await make(first, { change: (request) => (request.body = Buffer.from(tamper(request.text))) });
      await reject('signature-of-another-body', forged((request) => places.forEach((place) => put(request, place, read(another, place)))));
    }
  }
  if (covers.includes('url')) await reject('query-added', forged((request) => (request.url += `${request.url.includes('?') ? '&' : '?'}x=1`)));
  if (covers.includes('method')) await reject('another-method', forged((request) => (request.method = request.method === 'POST' ? 'PUT' : 'POST')));
  if (otherSecret ?? otherConfig) await reject('wrong-secret', await make(first, { key: otherSecret, by: otherConfig ?? config }));
  await reject('missing-signature', damage(() => undefined));
  await reject('empty-signature', damage(() => ''));
  await reject('truncated-signature', damage((value) => inRun(value, (run) => run.slice(0, -4))));
  await reject('changed-signature', damage((value) => inRun(value, (run) => otherAt(run, run.length >> 1))));
  await reject('garbage-signature', damage(() => 'not a signature; %%%'));
  for (const name of added.filter((name) => !places.includes(name))) {
    await reject(`missing-${name}`, forged((request) => put(request, name, undefined)), { may: 'skip' });
    const changed = forged((request) => put(request, name, inRun(read(request, name), (run) => otherAt(run, run.length - 1))));
    await reject(`changed-${name}`, changed, { may: 'skip' });
  }
  if (timestamped) {
    const past = timestamped.past_s ?? timestamped.tolerance_s;
    const stale = await make(first, { time: now - past - 60 });
    await reject('stale-timestamp', stale);
    await reject('future-timestamp', await make(first, { time: now + timestamped.tolerance_s + 60 }));
    const rewritten = forged((request) => redate(request, now - past - 60, now), stale);
    if (JSON.stringify(rewritten) !== JSON.stringify(stale)) await reject('replayed-with-fresh-timestamp', rewritten);
    const time = now - past + Math.min(30, past >> 1);
    await add('old-within-tolerance', await make(first, { time }), 'accept', first);
  }
  for (const [name, change] of Object.entries(forge)) {
    const request = new Request(genuine);
    await reject(name, (await change(request)) ?? request);
  }

  // Cases of the provider's own: { case, expect, body, headers, method, url, sign: true, now, config, type, id, expect_status, ... }
  for (const { case: name, expect, sign: signed, now: time = now, config: owner = config, type, id, body, headers: own, method: verb, url: target, ...rest } of extra) {
    const key = options.keys?.[0] ?? owner.secrets?.[0];
    const given = { body, headers: own, method: verb, url: target };
    const request = signed
      ? await make(given, { time, key, by: owner })
      : new Request({ method: verb ?? method, url: target ?? url, headers: own ?? headers, body: body ?? '' });
    await add(name, request, expect, { type, id }, { owner, time, ...rest });
  }

  for (const name of [...skip, ...lenient])
    if (lenient.includes(name) && !names.has(name)) throw new Error(`${provider}: no case is named ${name}`);
  process.stdout.write(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  const count = (expect) => lines.filter((line) => line.expect === expect).length;
  const note = left.length ? `; left out, as the package accepts them: ${left.join(', ')}` : '';
  process.stderr.write(`${provider}: ${count('accept')} genuine, ${count('reject')} forged, ${count('handshake')} handshakes${note}\n`);
}

// The same shape, another secret: head and tail stay, so that prefixes and paddings do.
export function otherText(text) {
  const start = Math.max(text.lastIndexOf('_'), text.lastIndexOf('-')) + 1;
  const from = text.length - start > 8 ? start : 0;
  const to = text.length - from > 8 ? text.length - 4 : text.length;
  return text.slice(0, from) + [...text.slice(from, to)].map(otherLetter).join('') + text.slice(to);
}

function otherLetter(letter) {
  for (const ring of ['0123456789', 'abcdef', 'ABCDEF', 'ghijklmnopqrstuvwxyz', 'GHIJKLMNOPQRSTUVWXYZ']) {
    const at = ring.indexOf(letter);
    if (at >= 0) return ring[(at + 1) % ring.length];
  }
  return letter;
}

// Changes the letter at an index, or the nearest one before it that can be changed.
function otherAt(text, index) {
  for (let at = index; at >= 0; at--) {
    const other = otherLetter(text[at]);
    if (other !== text[at]) return text.slice(0, at) + other + text.slice(at + 1);
  }
  return `${text}0`;
}

// Changes the longest run of letters in a value: in t=1,v1=5257a8... the signature.
function inRun(value, change) {
  const runs = value.match(/[A-Za-z0-9+/_-]+/g) ?? [''];
  const longest = runs.reduce((best, run) => (run.length > best.length ? run : best));
  return value.replace(longest, () => change(longest));
}

// Changes a letter at the end of the last value, of a form or a JSON document, which stays one.
function tamperText(text) {
  const value = [...text.matchAll(/[A-Za-z0-9](?="\s*[,}\]])|\d(?=\s*[,}\]])/g)].pop();
  return otherAt(text, value ? value.index : text.length - 1);
}

function redate(request, from, to) {
  const iso = (time) => new RealDate(time * 1000).toISOString().slice(0, 19);
  const change = (text) => text.replaceAll(String(from), String(to)).replaceAll(iso(from), iso(to));
  for (const [name, value] of Object.entries(request.headers)) request.headers[name] = change(value);
  request.url = change(request.url);
  request.body = Buffer.from(change(request.text));
}

function odd(kind, long) {
  if (!kind) return {};
  if (kind === 'form') {
    const field = (value) => (text) => `${text}&hf_note=${value}`;
    return {
      plus: field('a+b'), 'percent-20': field('a%20b'), 'lower-case-percent': field('caf%c3%a9'), utf8: field('caf%C3%A9%F0%9F%9A%80'),
      'empty-value': field(''), long: field('x'.repeat(long)),
    };
  }
  const member = (value) => (text) => text.replace(/(\{?)(\s*\}\s*\]?\s*)$/, (_, open, end) => `${open}${open ? '' : ','}"hf_note":${value}${end}`);
  const pretty = (text) => indent(text);
  return {
    utf8: member('"café – 日本 🚀 \u2028"'),
    'escaped-unicode': member('"caf\\u00e9 \\ud83d\\ude80 \\/ \\u003c\\u0026\\u003e"'),
    html: member('"<a href=\'x\'>&amp; + %20</a>"'),
    numbers: member('[12345678901234567890,1.0,1e2,-0,0.1000]'),
    'trailing-newline': (text) => `${text}\n`,
    'pretty-printed': pretty,
    crlf: (text) => pretty(text).replaceAll('\n', '\r\n'),
    long: member(`"${'x'.repeat(long)}"`),
  };
}

// Pretty printing that leaves every token as it is written.
function indent(text) {
  let depth = 0;
  const line = () => `\n${'  '.repeat(depth)}`;
  const tokens = text.match(/"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g) ?? [];
  return tokens.map((token) => {
    if (token === '{' || token === '[') return depth++, token + line();
    if (token === '}' || token === ']') return depth--, line() + token;
    return token === ',' ? token + line() : token === ':' ? ': ' : token;
  }).join('');
}
