// Times, sizes and words, as the page shows them.

export const OUTCOMES = {
  accepted: { word: 'Accepted', tone: 'good', about: 'Verified, and stored by every sink before the 2xx.' },
  captured: { word: 'Captured', tone: 'info', about: 'Kept by a bin, and answered with its reply.' },
  handshake: { word: 'Handshake', tone: 'info', about: 'The provider’s question was answered; there was no event in it.' },
  filtered: { word: 'Filtered', tone: 'calm', about: 'Verified, and not wanted here: a filter dropped it.' },
  refused: { word: 'Refused', tone: 'bad', about: 'It could not show that it comes from the provider. Nothing was published.' },
  rejected: { word: 'Rejected', tone: 'bad', about: 'Verified, but its data violates the schema.' },
  denied: { word: 'Denied', tone: 'warn', about: 'Turned away at the door, before its signature was looked at.' },
  unavailable: { word: 'Unavailable', tone: 'warn', about: 'Not stored now. The provider was told to send it again.' },
};

export const outcomeOf = (name) => OUTCOMES[name] ?? { word: String(name), tone: 'calm', about: '' };

// What an operator does next, by the reason's word.
const ADVICE = {
  missing_signature: 'Set the signing secret at the provider, and look whether a proxy in between drops headers.',
  malformed_signature: 'Compare the header with the provider’s documentation: is this source’s preset the right one?',
  wrong_signature: 'Copy the signing secret again from the provider’s dashboard, for this very endpoint.',
  missing_part: 'Let proxies pass this request’s headers and URL through as they are.',
  malformed_timestamp: 'Let proxies pass the time’s header through as it is.',
  stale: 'Check this machine’s clock (timedatectl). An old delivery is to be sent again by the provider.',
  early: 'Check this machine’s clock (timedatectl).',
  unknown_key: 'Configure the certificate or key that the provider signs with now.',
  keys_pending: 'The provider will send it again. If this stays, look whether the daemon may reach the address of its keys.',
  missing_token: 'Set the token at the provider, and look whether a proxy in between drops headers.',
  wrong_token: 'Copy the token again from the source’s configuration to the provider.',
  not_allowed: 'Compare what the request names with the source’s params in the configuration.',
  not_applicable: 'Is this the provider whose preset the source has?',
  wrong_challenge: 'Compare the verify token at the provider with the configured one.',
  not_a_delivery: 'A browser or a monitor asked, most likely. Providers deliver in another way.',
  not_found: 'Compare the URL at the provider with the paths of the sources.',
  method_not_allowed: 'A browser or a monitor asked, most likely. Providers deliver by POST.',
  unsupported_media_type: 'Set the content type at the provider, as in application/json.',
  too_large: 'Raise limits.body_bytes_max if bodies of this size are meant to come.',
  too_many: 'Raise the rate limit if this many are meant to come. The provider was told when to try again.',
  client_too_many: 'Raise the rate limit of a client if this many are meant to come.',
  source_too_many: 'Raise the source’s rate limit if this many are meant to come.',
  unroutable: 'Declare a queue, or bind one to the exchange, for this routing key.',
  unreachable: 'Is the broker up, and can this machine reach it? The provider was told to send it again.',
  circuit_open: 'The broker failed several times in a row: look at the broker first.',
  timeout: 'The broker did not confirm in time: look at its load and its replicas.',
  spool_full: 'Bring the broker back, or give the spool more room.',
};

export const advice = (reason) => ADVICE[reason] ?? '';

const words = (reason) => String(reason ?? '').replaceAll('_', ' ');
export { words };

export const sentence = (text) => {
  const trimmed = String(text ?? '').trim();
  if (trimmed === '') return '';
  const begun = trimmed[0].toUpperCase() + trimmed.slice(1);
  return /[.!?]$/.test(begun) ? begun : `${begun}.`;
};

const two = (number) => String(number).padStart(2, '0');
const day = (date) => `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
const clock = (date) => `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;

// The time of day; with the date, when that is not today's.
export const shortTime = (text) => {
  const date = new Date(text);
  if (Number.isNaN(date.getTime())) return String(text);
  return day(date) === day(new Date()) ? clock(date) : `${day(date).slice(5)} ${clock(date)}`;
};

export const longTime = (text) => {
  const date = new Date(text);
  if (Number.isNaN(date.getTime())) return String(text);
  return `${day(date)} ${clock(date)}.${String(date.getMilliseconds()).padStart(3, '0')}`;
};

const UNITS = [[86400, 'day'], [3600, 'hour'], [60, 'minute'], [1, 'second']];
const span = (seconds) => {
  for (const [size, unit] of UNITS) {
    const count = Math.floor(seconds / size);
    if (count >= 1) return `${count} ${unit}${count === 1 ? '' : 's'}`;
  }
  return 'moments';
};

export const ago = (text) => {
  const seconds = (Date.now() - new Date(text).getTime()) / 1000;
  return seconds < 2 ? 'just now' : `${span(seconds)} ago`;
};

export const left = (text) => {
  const seconds = (new Date(text).getTime() - Date.now()) / 1000;
  return seconds <= 0 ? 'expired' : `${span(seconds)} left`;
};

export const ms = (value) => {
  if (typeof value !== 'number') return '–';
  if (value >= 10000) return `${(value / 1000).toFixed(1)} s`;
  if (value >= 100) return `${Math.round(value)} ms`;
  return `${value < 1 ? value.toFixed(2) : value.toFixed(1)} ms`;
};

export const bytes = (value) => {
  if (typeof value !== 'number') return '–';
  if (value < 1024) return `${value} B`;
  if (value < 1048576) return `${(value / 1024).toFixed(1)} KiB`;
  return `${(value / 1048576).toFixed(1)} MiB`;
};

// Where one event went: a sink and its place there.
export const place = (where) => {
  if (where.spooled) return { sink: where.sink, at: 'in the spool' };
  if (where.topic !== undefined && where.topic !== null) {
    const partition = where.partition ?? null;
    const offset = where.offset ?? null;
    const exact = partition === null ? '' : ` [${partition}]${offset === null ? '' : `@${offset}`}`;
    return { sink: where.sink, at: `${where.topic}${exact}` };
  }
  if (where.exchange !== undefined && where.exchange !== null) {
    const exchange = where.exchange === '' ? '(default)' : where.exchange;
    return { sink: where.sink, at: `${exchange} → ${where.routing_key ?? ''}` };
  }
  return { sink: where.sink, at: '' };
};

export const places = (summary) => (summary.where ?? []).map((it) => {
  const { sink, at } = place(it);
  return at === '' ? sink : `${sink} · ${at}`;
}).join(', ');

// A bin's own part of the path says nothing about the request.
const pathOf = ({ path, bin }) => (bin && path.startsWith(`/_bins/${bin}`) ? path.slice(`/_bins/${bin}`.length) || '/' : path);

export const title = (summary) => summary.type || `${summary.method} ${pathOf(summary)}`;

export const shortBin = (id) => (id.length > 10 ? `${id.slice(0, 8)}…` : id);
