// The live list: search, filters, rows.

import { html, nothing } from './vendor/lit-html.js';
import { OUTCOMES, bytes, ms, outcomeOf, places, shortBin, shortTime, title, words } from './format.js';
import { command, icon, pill } from './parts.js';
import { SHOWN_STEP, change, filtering, listed, pause, release, state } from './store.js';
import { sampleCommand } from './overview.js';

export const rowId = (seq) => `row-${seq}`;

const setFilter = (patch) => change({ filter: { ...state.filter, ...patch }, shown: SHOWN_STEP });
export const clearFilter = () => setFilter({ text: '', outcome: '', source: '', bin: '' });
export const filterBy = (patch) => setFilter({ text: '', outcome: '', source: '', bin: '', ...patch });

export function requests(open) {
  const rows = listed();
  return html`
    <section class="pane list-pane" aria-label="Requests">
      ${toolbar()}
      ${list(rows, open, 'Requests')}
    </section>`;
}

function toolbar() {
  const { filter } = state;
  const counts = new Map();
  for (const it of state.exchanges) counts.set(it.outcome, (counts.get(it.outcome) ?? 0) + 1);
  const outcomes = Object.keys(OUTCOMES).filter((it) => counts.has(it) || filter.outcome === it);
  const sources = [...new Set([...(state.daemon?.sources ?? []).map((it) => it.name),
    ...state.exchanges.map((it) => it.source).filter(Boolean)])].sort();
  const bins = [...new Set(state.exchanges.map((it) => it.bin).filter(Boolean))].sort();
  return html`<div class="toolbar">
    <div class="finder"><div class="search">${icon('search')}
      <input id="search" type="search" placeholder="Search type, id, topic, reason" aria-label="Search requests"
        aria-keyshortcuts="/" autocomplete="off" spellcheck="false" .value=${filter.text}
        @input=${(event) => setFilter({ text: event.target.value })}>
      <kbd aria-hidden="true">/</kbd></div>
      ${select('source', 'Source', 'All sources', sources)}
      ${bins.length > 0 || filter.bin !== '' ? select('bin', 'Bin', 'All bins', bins) : nothing}</div>
    <div class="chips" role="group" aria-label="Outcome">
      ${chip('', 'All', state.exchanges.length)}
      ${outcomes.map((it) => chip(it, outcomeOf(it).word, counts.get(it) ?? 0))}</div>
  </div>`;
}

const chip = (outcome, word, count) => html`<button type="button" class=${`chip tone-${outcome === '' ? 'calm' : outcomeOf(outcome).tone}`}
  aria-pressed=${state.filter.outcome === outcome ? 'true' : 'false'} data-outcome=${outcome || 'all'}
  @click=${() => setFilter({ outcome })}>${outcome === '' ? nothing : html`<span class="dot"></span>`}${word} <span class="count">${count}</span></button>`;

const select = (key, label, all, values) => html`<label class="select"><span class="unseen">${label}</span>
  <select id=${`filter-${key}`} aria-label=${label} @change=${(event) => setFilter({ [key]: event.target.value })}>
    <option value="" .selected=${state.filter[key] === ''}>${all}</option>
    ${values.map((it) => html`<option value=${it} .selected=${state.filter[key] === it}>${key === 'bin' ? shortBin(it) : it}</option>`)}
  </select></label>`;

// A list box with one stop for the Tab key: rows come and go below the focus without taking it.
export function list(rows, open, label) {
  const shown = rows.slice(0, state.shown);
  const current = shown.some((it) => it.seq === state.cursor) ? rowId(state.cursor) : nothing;
  return html`
    ${heldNotice()}
    <div class="rows" id="scroller" @scroll=${(event) => { if (event.target.scrollTop < 4 && !state.paused && state.held.length > 0) release(); }}>
      <div id="rows" role="listbox" tabindex="0" aria-label=${label} aria-activedescendant=${current}>${shown.map((it) => row(it, open))}</div>
      ${rows.length > shown.length ? html`<button type="button" class="more" @click=${() => change({ shown: state.shown + SHOWN_STEP })}>
        Show ${Math.min(SHOWN_STEP, rows.length - shown.length)} more of ${rows.length}</button>` : nothing}
      ${rows.length === 0 ? empty() : nothing}
    </div>`;
}

function heldNotice() {
  const count = state.held.length;
  if (count === 0) return nothing;
  const resume = () => {
    document.getElementById('scroller')?.scrollTo({ top: 0 });
    if (state.paused) pause(false);
    else release();
  };
  return html`<button type="button" class="held" id="held" @click=${resume}>${count} new ${count === 1 ? 'request' : 'requests'}${
    state.paused ? ' while paused: resume' : ': show'}</button>`;
}

function row(it, open) {
  const selected = state.route.seq === it.seq;
  const bad = it.status >= 400;
  const where = places(it);
  const second = it.bin ? bytes(it.bytes) : bad ? words(it.reason) : [where, it.id].filter(Boolean).join(' · ') || words(it.reason);
  const name = it.source ?? (it.bin ? (state.route.bin === it.bin ? null : `bin ${shortBin(it.bin)}`) : 'no source');
  return html`<div class=${`row tone-${outcomeOf(it.outcome).tone}${selected ? ' selected' : ''}${state.cursor === it.seq ? ' cursor' : ''}`}
      id=${rowId(it.seq)} role="option" aria-selected=${selected ? 'true' : 'false'} data-seq=${it.seq}
      @click=${() => open(it.seq)}>
    <div class="row-first">${pill(it)}<span class="row-title" title=${title(it)}>${title(it)}</span>
      ${it.events > 1 ? html`<span class="badge">${it.events} events</span>` : nothing}
      ${it.reason === 'duplicate' ? html`<span class="badge">duplicate</span>` : nothing}
      ${it.replay_of ? html`<span class="badge" title=${`A replay of request ${it.replay_of}`}>replay</span>` : nothing}
      <time datetime=${it.at}>${shortTime(it.at)}</time></div>
    <div class="row-second">${name === null ? nothing : html`<span class="source">${name}</span>`}${it.guess ? html`<span class="badge">looks like ${it.guess}</span>` : nothing}<span class="row-more" title=${second}>${second}</span>
      <span class="elapsed">${ms(it.elapsed_ms)}</span></div>
  </div>`;
}

function empty() {
  if (state.route.view === 'bins') return nothing;
  if (filtering()) {
    return html`<div class="empty"><h2>Nothing fits</h2><p>None of the ${state.exchanges.length} requests kept fits the search and filters.</p>
      <button type="button" @click=${clearFilter}>Clear search and filters</button></div>`;
  }
  return html`<div class="empty"><h2>Waiting for the first request</h2>
    <p>It will appear here by itself. Send one from a terminal:</p>
    ${command(sampleCommand(), 'Sample request')}
    <p class="hint">It has no signature, so it will be refused, and the page will say why.</p></div>`;
}
