// The page's state, and what changes it. Views are drawn from `state`; whoever changes it says so by
// `change`, and `app.js` draws again in the next frame.

import * as api from './daemon.js';

// How many requests the page holds; the daemon may keep more.
const KEPT_MAX = 5000;
const PAGE = 250;
export const SHOWN_STEP = 200;

export const state = {
  phase: 'loading', // loading, sign-in, ready, or off when the daemon has not answered at all
  daemon: null, // what api/state said
  connection: 'connecting', // connecting, live, lost
  paused: false,
  exchanges: [], // newest first
  held: [], // arrived while paused or while somebody reads further down
  bins: [],
  route: { view: 'requests', seq: null, bin: null },
  cursor: null, // the row that the keyboard is on
  filter: { text: '', outcome: '', source: '', bin: '' },
  shown: SHOWN_STEP,
  tab: 'overview',
  turning: false, // between one request's panel and the next
  pretty: true,
  details: new Map(), // by seq: a detail, or { failed }
  trial: { seq: null }, // what was said of another secret
  busy: '', // the action that runs
  toasts: [],
  help: false,
  fault: null, // why a sign-in or a bin was refused
};

let draw = () => {};
export const onChange = (callback) => { draw = callback; };
export function change(patch = {}) {
  Object.assign(state, patch);
  draw();
}

// --- Requests

const at = new Map(); // seq -> summary, all that are held or listed

function merge(summaries) {
  const known = new Set(state.exchanges.map((it) => it.seq));
  const fresh = summaries.filter((it) => !known.has(it.seq));
  if (fresh.length === 0) return;
  const all = [...fresh, ...state.exchanges].sort((a, b) => b.seq - a.seq).slice(0, KEPT_MAX);
  at.clear();
  for (const it of all) at.set(it.seq, it);
  state.exchanges = all;
}

// Kept back from the list, once.
function hold(summaries) {
  const known = new Set([...state.held, ...state.exchanges].map((it) => it.seq));
  const fresh = summaries.filter((it) => !known.has(it.seq));
  state.held = [...fresh, ...state.held].sort((a, b) => b.seq - a.seq).slice(0, KEPT_MAX);
}

export const summaryOf = (seq) => at.get(seq) ?? state.held.find((it) => it.seq === seq);

let queue = [];
let holding = () => false;
export const onHold = (callback) => { holding = callback; };

// A burst is drawn once a frame, not once an event.
export function arrived(summary) {
  queue.push(summary);
  // A hidden page draws no frames; what is too old for the list goes.
  if (queue.length > KEPT_MAX) queue.shift();
  if (queue.length > 1) return;
  requestAnimationFrame(() => {
    const arrivals = queue;
    queue = [];
    if (state.paused || holding()) {
      hold(arrivals);
    } else {
      merge(arrivals);
    }
    announce(arrivals);
    change();
  });
}

export function release() {
  const held = state.held;
  state.held = [];
  merge(held);
  change();
}

export function pause(paused) {
  state.paused = paused;
  if (paused) change();
  else release();
}

// Everything that the daemon keeps, from the newest on; later only what came since. A daemon that
// began anew counts anew.
let whole = false;
export async function load() {
  const daemon = await api.state();
  if (state.daemon !== null && state.daemon.since !== daemon.since) {
    state.exchanges = [];
    state.held = [];
    state.details.clear();
    at.clear();
    whole = false;
  }
  state.daemon = daemon;
  state.phase = 'ready';
  const newest = whole ? (state.exchanges[0]?.seq ?? null) : null;
  let before = null;
  for (;;) {
    const { exchanges, more } = await api.page(before, PAGE);
    if (whole && (state.paused || holding())) hold(exchanges);
    else merge(exchanges);
    const oldest = exchanges.at(-1)?.seq ?? null;
    const seen = newest !== null && oldest !== null && oldest <= newest;
    if (!more || seen || oldest === null || state.exchanges.length >= KEPT_MAX) break;
    before = oldest;
    change();
  }
  whole = true;
  state.bins = (await api.bins()) ?? [];
  change();
}

const spoken = document.getElementById('live');
let said = 0;
// What a screen reader hears: a count, and at most every few seconds.
function announce(arrivals) {
  if (performance.now() - said < 3000) return;
  said = performance.now();
  const bad = arrivals.filter((it) => ['refused', 'rejected', 'unavailable', 'denied'].includes(it.outcome)).length;
  const count = arrivals.length === 1 ? 'A request arrived' : `${arrivals.length} requests arrived`;
  spoken.textContent = bad === 0 ? `${count}.` : `${count}, ${bad} not accepted.`;
}

const searched = new WeakMap();
// Everything of a row that can be read, in lower case.
function textOf(summary) {
  let text = searched.get(summary);
  if (text === undefined) {
    const where = (summary.where ?? []).flatMap((it) => Object.values(it));
    const parts = [summary.outcome, summary.status, summary.reason, summary.message, summary.source,
      summary.tenant, summary.bin, summary.type, summary.id, summary.method, summary.path,
      summary.provider, summary.guess, summary.client, ...where];
    text = parts.filter((it) => it !== null && it !== undefined).join(' ').toLowerCase();
    searched.set(summary, text);
  }
  return text;
}

export const filtering = () => Object.values(state.filter).some((it) => it !== '');

// The rows of the list that is on the screen.
export function listed() {
  const { view, bin } = state.route;
  if (view === 'bins') return bin === null ? [] : state.exchanges.filter((it) => it.bin === bin);
  const { text, outcome, source, bin: ofBin } = state.filter;
  const needles = text.toLowerCase().split(/\s+/).filter(Boolean);
  return state.exchanges.filter((it) => (outcome === '' || it.outcome === outcome)
    && (source === '' || it.source === source)
    && (ofBin === '' || it.bin === ofBin)
    && needles.every((needle) => textOf(it).includes(needle)));
}

export async function loadDetail(seq) {
  if (state.details.has(seq) && !state.details.get(seq).failed) return;
  try {
    const detail = await api.detail(seq);
    if (state.details.size > 60) state.details.clear();
    state.details.set(seq, detail);
  } catch (failed) {
    refusedSession(failed);
    state.details.set(seq, { failed });
  }
  change();
}

// --- Actions

let toastNumber = 0;
export function toast(text, tone = 'good', link = null) {
  toastNumber += 1;
  const number = toastNumber;
  state.toasts = [...state.toasts.slice(-2), { number, text, tone, link }];
  change();
  // What can be followed stays longer.
  setTimeout(() => dismiss(number), link === null ? 7000 : 20000);
}
export function dismiss(number) {
  state.toasts = state.toasts.filter((it) => it.number !== number);
  change();
}

function refusedSession(failed) {
  if (failed.status === 401) change({ phase: 'sign-in' });
}

// Runs an action once at a time, and says why it failed.
export async function act(name, action) {
  if (state.busy !== '') return undefined;
  change({ busy: name, fault: null });
  try {
    return await action();
  } catch (failed) {
    refusedSession(failed);
    state.fault = { name, text: failed.message, remedy: failed.remedy ?? '' };
    toast([failed.message, failed.remedy].filter(Boolean).join('. '), 'bad');
    return undefined;
  } finally {
    change({ busy: '' });
  }
}
