// What the daemon is asked. Every answer is its own origin's; nothing here talks to another.

const BASE = 'api';

export class ApiError extends Error {
  constructor(status, said) {
    super(said?.error ?? (status === 0 ? 'the daemon does not answer' : `the daemon answered ${status}`));
    this.status = status;
    this.remedy = said?.remedy ?? (status === 0 ? 'Is it running, and is this machine connected to it?' : '');
  }
}

async function call(path, options = {}) {
  let response;
  try {
    response = await fetch(`${BASE}/${path}`, { credentials: 'same-origin', cache: 'no-store', ...options });
  } catch {
    throw new ApiError(0);
  }
  if (response.ok) return response;
  let said;
  try {
    said = await response.json();
  } catch {
    // Its status says enough.
  }
  throw new ApiError(response.status, said);
}

const get = async (path) => (await call(path)).json();

async function post(path, value) {
  const headers = { 'content-type': 'application/json', 'x-hookferry': '1' };
  const response = await call(path, { method: 'POST', headers, body: JSON.stringify(value) });
  return response.status === 204 ? null : response.json();
}

const drop = (path) => call(path, { method: 'DELETE', headers: { 'x-hookferry': '1' } });

export const state = () => get('state');
export const page = (before, limit) =>
  get(`exchanges?limit=${limit}${before === null ? '' : `&before=${before}`}`);
// A summary's `events` is a count, a detail's the events: here they are two.
export const detail = async (seq) => {
  const { events, ...rest } = await get(`exchanges/${seq}`);
  return { ...rest, events: events?.length ?? 0, events_kept: events ?? [] };
};
export const rawUrl = (seq) => `${BASE}/exchanges/${seq}/raw`;
export const exportUrl = (format) => `${BASE}/export?format=${format}`;
export const signIn = (token) => post('session', { token });
export const signOut = () => drop('session');
export const replay = (seq, as) => post(`exchanges/${seq}/replay`, { as });
export const verify = (seq, wanted) => post(`exchanges/${seq}/verify`, wanted);
export const bins = async () => {
  const answer = await get('bins');
  return Array.isArray(answer) ? answer : answer.bins;
};
export const makeBin = (wanted) => post('bins', wanted);
export const dropBin = (id) => drop(`bins/${encodeURIComponent(id)}`);

const RETRY_FIRST_MS = 500;
const RETRY_MAX_MS = 10000;

// Follows the stream for as long as the page is open. `heard` has opened, exchange, gap and lost;
// `lost` may answer false when following is to end, as without a session.
export function follow(heard) {
  let wait = RETRY_FIRST_MS;
  const connect = () => {
    const source = new EventSource(`${BASE}/live`);
    source.addEventListener('open', () => {
      wait = RETRY_FIRST_MS;
      heard.opened();
    });
    source.addEventListener('exchange', (event) => heard.exchange(JSON.parse(event.data)));
    source.addEventListener('gap', () => heard.gap());
    source.addEventListener('error', async () => {
      // A stream of our own making each time: a browser gives up after some answers.
      source.close();
      if ((await heard.lost()) === false) return;
      setTimeout(connect, wait);
      wait = Math.min(wait * 2, RETRY_MAX_MS);
    });
  };
  connect();
}
