// The inspector's page: routes, keys, and what is drawn.

import { html, nothing, render } from './vendor/lit-html.js';
import * as api from './daemon.js';
import { binAside, binWaiting, bins, refreshBins } from './bins.js';
import { TABS, detail } from './detail.js';
import { filterBy, requests, rowId } from './list.js';
import { overview } from './overview.js';
import { copy, icon } from './parts.js';
import { act, arrived, change, dismiss, listed, load, loadDetail, onChange, onHold, pause, state } from './store.js';

const root = document.getElementById('app');

// --- Routes: #/ #/x/SEQ #/bins #/bins/new #/bins/ID #/bins/ID/x/SEQ

function read() {
  const [first, second, third, fourth] = location.hash.replace(/^#\/?/, '').split('/').map(decodeURIComponent);
  const seq = (text) => (/^\d+$/.test(text ?? '') ? Number(text) : null);
  if (first === 'bins') {
    const making = second === 'new';
    return { view: 'bins', bin: making ? null : (second || null), making, seq: third === 'x' ? seq(fourth) : null };
  }
  return { view: 'requests', bin: null, making: false, seq: first === 'x' ? seq(second) : null };
}

const base = () => (state.route.view === 'bins' ? `#/bins/${state.route.bin ?? ''}` : '#/');
const link = (seq) => (state.route.bin === null ? `#/x/${seq}` : `${base()}/x/${seq}`);
const go = (hash) => { location.hash = hash; };
const open = (seq) => go(link(seq));
const close = () => go(base());

function routed(stepping = false) {
  const before = state.route;
  state.route = read();
  const { seq, view, bin, making } = state.route;
  if (seq !== null) {
    state.cursor = seq;
    if (seq !== before.seq) {
      if (!stepping || state.tab === 'secret') state.tab = view === 'bins' ? 'body' : 'overview';
      state.trial = { seq: null };
      // Nothing of one request's panel, as what was unfolded, is left for the next.
      state.turning = true;
      draw();
      state.turning = false;
    }
    if (state.phase === 'ready') loadDetail(seq);
  }
  if (view === 'bins' && before.view !== 'bins' && state.phase === 'ready') refreshBins();
  change({ fault: null });
  requestAnimationFrame(() => {
    if (seq !== null && before.seq === null) document.getElementById('detail-title')?.focus({ preventScroll: true });
    if (seq === null && before.seq !== null) document.getElementById('rows')?.focus({ preventScroll: true });
    if (making && !before.making) document.querySelector('#bin-form input')?.focus();
    if (seq !== before.seq) document.querySelector('.panel')?.scrollTo({ top: 0 });
    if (bin !== before.bin) document.getElementById('scroller')?.scrollTo({ top: 0 });
  });
}

// --- Keys

const HELP = [['j k', 'Next and previous request'], ['Enter', 'Open the request'], ['Esc', 'Close, or leave the search'], ['/', 'Search'],
  ['1 – 5', 'Why, body, headers, event, try a secret'], ['c', 'Copy the request as curl'], ['p', 'Pause and resume'], ['g', 'Requests'], ['b', 'Bins'], ['?', 'This help']];

function move(by) {
  const rows = listed().slice(0, state.shown);
  if (rows.length === 0) return;
  const from = rows.findIndex((it) => it.seq === (state.route.seq ?? state.cursor));
  const index = from < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(Math.max(from + by, 0), rows.length - 1);
  const { seq } = rows[index];
  state.cursor = seq;
  if (state.route.seq !== null) {
    // Stepping through is no way back to be kept.
    history.replaceState(null, '', link(seq));
    routed(true);
  } else {
    change();
  }
  requestAnimationFrame(() => document.getElementById(rowId(seq))?.scrollIntoView({ block: 'nearest' }));
}

function pressed(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const at = event.target;
  const writing = at instanceof Element && at.matches('input, textarea, select');
  if (event.key === 'Escape') {
    if (state.help) change({ help: false });
    else if (writing) {
      if (at.id === 'search' && at.value !== '') filterBy({ ...state.filter, text: '' });
      document.getElementById('rows')?.focus();
      if (document.activeElement === at) at.blur();
    } else if (state.route.seq !== null) close();
    else if (state.route.view === 'bins') go('#/bins');
    else return;
    event.preventDefault();
    return;
  }
  if (writing || state.phase !== 'ready') {
    if (at.id === 'search' && (event.key === 'Enter' || event.key === 'ArrowDown')) {
      event.preventDefault();
      document.getElementById('rows')?.focus();
      move(1);
    }
    return;
  }
  if (state.help && event.key !== '?') return;
  const inList = at instanceof Element && at.id === 'rows';
  const free = inList || at === document.body || (at instanceof Element && at.id === 'detail-title');
  const keys = {
    j: () => move(1),
    k: () => move(-1),
    ArrowDown: () => (inList ? move(1) : false),
    ArrowUp: () => (inList ? move(-1) : false),
    Home: () => (inList ? move(-Infinity) : false),
    End: () => (inList ? move(Infinity) : false),
    Enter: () => (free && state.cursor !== null && state.route.seq === null ? open(state.cursor) : false),
    '/': () => {
      if (state.route.view === 'bins') go('#/');
      requestAnimationFrame(() => document.getElementById('search')?.focus());
    },
    p: () => pause(!state.paused),
    c: () => {
      const whole = state.details.get(state.route.seq);
      return whole?.curl ? void copy(whole.curl, 'curl command') : false;
    },
    g: () => go('#/'),
    b: () => go('#/bins'),
    '?': () => change({ help: !state.help }),
  };
  TABS.forEach(([id], index) => {
    keys[index + 1] = () => (state.route.seq === null ? false : change({ tab: id }));
  });
  if (Object.hasOwn(keys, event.key) && keys[event.key]() !== false) event.preventDefault();
}

// --- What is drawn

const CONNECTION = { connecting: ['Connecting', 'warn'], live: ['Live', 'good'], lost: ['Reconnecting', 'bad'] };

function topBar() {
  const { view } = state.route;
  const [word, tone] = state.paused && state.connection === 'live' ? ['Paused', 'warn'] : CONNECTION[state.connection];
  const tab = (href, name, current) => html`<a href=${href} aria-current=${current ? 'page' : nothing}>${name}</a>`;
  return html`<header class="top">
    <a class="brand" href="#/" aria-label="hookferry inspector, all requests"><img src="icon.svg" alt="" width="24" height="24"><span>hookferry</span></a>
    <nav aria-label="Views">${tab('#/', 'Requests', view === 'requests')}${tab('#/bins', 'Bins', view === 'bins')}</nav>
    <span class=${`connection tone-${tone}`} id="connection" role="status"><span class="dot"></span><span class="word">${word}</span></span>
    <div class="top-actions">
      <button type="button" id="pause" aria-pressed=${state.paused ? 'true' : 'false'} aria-keyshortcuts="p" @click=${() => pause(!state.paused)}>${
        icon(state.paused ? 'play' : 'pause')}<span class="wide">${state.paused ? 'Resume' : 'Pause'}</span></button>
      <details class="menu" id="export"><summary class="button">${icon('down')}<span class="wide">Export</span></summary>
        <div class="menu-items"><a href=${api.exportUrl('har')} download="hookferry.har">HAR, for browsers’ tools</a><a href=${api.exportUrl('jsonl')} download="hookferry.jsonl">JSON lines, for scripts</a></div></details>
      <button type="button" id="help" aria-label="Keys" aria-keyshortcuts="?" @click=${() => change({ help: true })}><kbd>?</kbd></button>
      ${state.daemon?.session ? html`<button type="button" id="sign-out" aria-label="Sign out" @click=${signOut} ?disabled=${state.busy !== ''}>${
        icon('leave')}<span class="wide">Sign out</span></button>` : nothing}
    </div></header>
    ${state.connection === 'lost' ? html`<p class="lost" role="alert">The daemon does not answer. What is here stays; what is missed is fetched once it is back.</p>` : nothing}`;
}

function aside() {
  const { view, seq, bin } = state.route;
  if (seq !== null) return detail(close, link);
  if (view === 'requests') return overview(open, (patch) => filterBy(patch));
  return bin === null ? binAside(go) : binWaiting();
}

function ready() {
  const { view, seq, making } = state.route;
  return html`${topBar()}
    <main class=${`panes${seq !== null || making ? ' has-detail' : ''}`}>${view === 'bins' ? bins(open, go) : requests(open)}${aside()}</main>`;
}

function signIn() {
  const submit = (event) => {
    event.preventDefault();
    const token = new FormData(event.target).get('token');
    act('sign-in', async () => {
      await api.signIn(token);
      await begin();
    });
  };
  const fault = state.fault?.name === 'sign-in' ? state.fault : null;
  return html`<main class="door"><form id="sign-in" @submit=${submit}>
    <img src="icon.svg" alt="" width="48" height="48"><h1>hookferry inspector</h1>
    <p>Enter the token of <code>admin.inspector.token</code>. It is exchanged for a session of this browser.</p>
    <label>Token<input name="token" type="password" required autocomplete="current-password" autofocus></label>
    ${fault === null ? nothing : html`<p class="note tone-bad" role="alert">${fault.text}. ${fault.remedy}</p>`}
    <button type="submit" class="primary" ?disabled=${state.busy !== ''}>Sign in</button></form></main>`;
}

// The session ends at the daemon, and all that the page has read goes with the page.
const signOut = () => act('sign-out', async () => {
  await api.signOut();
  history.replaceState(null, '', '#/');
  location.reload();
});

const off = () => html`<main class="door"><div><img src="icon.svg" alt="" width="48" height="48"><h1>The daemon does not answer</h1>
  <p>Is it running? The page tries again by itself.</p></div></main>`;

const helpBox = () => html`<dialog id="help-box" aria-labelledby="help-title" @close=${() => change({ help: false })}>
  <h2 id="help-title">Keys</h2><dl class="keys">${HELP.map(([keys, does]) => html`<dt>${keys.split(' ').map((key) => (key === '–' ? '–' : html`<kbd>${key}</kbd>`))}</dt><dd>${does}</dd>`)}</dl>
  <form method="dialog"><button type="submit" class="primary" autofocus>Close</button></form></dialog>`;

const toasts = () => html`<div class="toasts" role="status" aria-live="polite">${state.toasts.map((it) => html`
  <div class=${`toast tone-${it.tone}`}>${icon(it.tone)}<span>${it.text}</span>${it.link ? html`<a href=${it.link.href}>${it.link.text}</a>` : nothing}
    <button type="button" class="ghost small" aria-label="Dismiss" @click=${() => dismiss(it.number)}>${icon('bad')}</button></div>`)}</div>`;

const PHASES = { loading: () => html`<p class="boot">Loading the inspector.</p>`, 'sign-in': signIn, off, ready };

function draw() {
  render(html`${PHASES[state.phase]()}${toasts()}${helpBox()}`, root);
  const box = document.getElementById('help-box');
  if (state.help && !box.open) box.showModal();
  if (!state.help && box.open) box.close();
}

let planned = false;
onChange(() => {
  if (planned) return;
  planned = true;
  requestAnimationFrame(() => {
    planned = false;
    draw();
  });
});

// Whoever has scrolled down is reading: nothing moves below the eyes until they come back.
onHold(() => (document.getElementById('scroller')?.scrollTop ?? 0) > 4);

// --- Beginning

let following = false;
async function begin() {
  try {
    await load();
  } catch (failed) {
    if (failed.status === 401) {
      change({ phase: 'sign-in' });
      return;
    }
    change({ phase: state.daemon === null ? 'off' : state.phase });
    setTimeout(begin, 2000);
    return;
  }
  if (state.route.seq !== null) loadDetail(state.route.seq);
  if (following) return;
  following = true;
  api.follow({
    opened: async () => {
      state.connection = 'live';
      try {
        await load();
      } catch {
        // The stream will end too, and be opened again.
      }
      change();
    },
    exchange: arrived,
    gap: () => load().catch(() => undefined),
    lost: async () => {
      // A stream also ends in good form, and is opened again.
      change({ connection: 'connecting' });
      try {
        await api.state();
      } catch (failed) {
        if (failed.status === 401) {
          following = false;
          change({ phase: 'sign-in' });
          return false;
        }
        change({ connection: 'lost' });
      }
      return true;
    },
  });
}

addEventListener('hashchange', () => routed());
addEventListener('keydown', pressed);
// What is told as "2 minutes ago" goes on.
setInterval(() => change(), 15000);
state.route = read();
root.replaceChildren();
change();
begin();
