// One request: why, when, what, where it went, and what can be done with it.

import { html, nothing, svg } from './vendor/lit-html.js';
import * as api from './daemon.js';
import { advice, ago, bytes, longTime, ms, outcomeOf, place, sentence, shortBin, title, words } from './format.js';
import { parse, tree } from './json.js';
import { copy, copyButton, icon, pill, steps } from './parts.js';
import { trial } from './trial.js';
import { act, change, state, summaryOf, toast } from './store.js';

export const TABS = [['overview', 'Why'], ['body', 'Body'], ['headers', 'Headers'], ['event', 'Event'], ['secret', 'Try a secret']];

export function detail(close, link) {
  const { seq } = state.route;
  const whole = state.details.get(seq);
  const summary = whole && !whole.failed ? whole : summaryOf(seq);
  if (summary === undefined) return missing(whole, close);
  return html`<article class="pane detail-pane" aria-labelledby="detail-title">
    <header class="detail-head">
      <button type="button" class="ghost back" @click=${close} aria-label="Back to the list">${icon('back')}<span>Back</span></button>
      <div class="detail-name">${pill(summary, true)}<h1 id="detail-title" tabindex="-1">${title(summary)}</h1></div>
      <p class="detail-sub">${summary.source ? html`<strong>${summary.source}</strong> · ` : nothing}${summary.bin ? html`bin <strong>${shortBin(summary.bin)}</strong> · ` : nothing}${summary.type
        ? html`<code>${summary.method} ${summary.path}</code> · ` : nothing}<time datetime=${summary.at} title=${summary.at}>${longTime(summary.at)}</time> (${ago(summary.at)})${
        summary.replay_of ? html` · replay of <a href=${link(summary.replay_of)}>#${summary.replay_of}</a>` : nothing}</p>
      ${actions(summary, whole, link)}
    </header>
    <div class="tabs" role="tablist" aria-label="Parts of the request">${TABS.map(([id, word], index) => html`
      <button type="button" role="tab" id=${`tab-${id}`} aria-selected=${state.tab === id ? 'true' : 'false'} aria-controls="tab-panel"
        tabindex=${state.tab === id ? '0' : '-1'} aria-keyshortcuts=${index + 1} @keydown=${turn} @click=${() => change({ tab: id })}>${word}</button>`)}</div>
    <div class="panel" role="tabpanel" id="tab-panel" aria-labelledby=${`tab-${state.tab}`} tabindex="0">${
      state.turning ? nothing : whole === undefined ? html`<p class="quiet">Loading.</p>`
        : whole.failed ? fault(whole.failed) : panel(whole, link)}</div>
  </article>`;
}

const fault = (failed) => html`<div class="verdict tone-bad"><p class="verdict-say">${sentence(failed.message)}</p><p>${failed.remedy}</p></div>`;

const missing = (whole, close) => html`<section class="pane detail-pane"><button type="button" class="ghost back" @click=${close}>${icon('back')}<span>Back</span></button>
  ${whole?.failed ? html`<div class="empty"><h1 id="detail-title" tabindex="-1">This request is not kept</h1><p>${sentence(whole.failed.message)} ${whole.failed.remedy}</p>
    <button type="button" @click=${close}>Show the list</button></div>` : html`<p class="quiet">Loading.</p>`}</section>`;

// Left and right go from tab to tab, as in a list of tabs they do.
function turn(event) {
  const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (by === undefined) return;
  event.preventDefault();
  const index = TABS.findIndex(([id]) => id === state.tab);
  const [next] = TABS[(index + by + TABS.length) % TABS.length];
  change({ tab: next });
  requestAnimationFrame(() => document.getElementById(`tab-${next}`)?.focus());
}

function actions(summary, whole, link) {
  const can = whole?.can_replay ?? {};
  const again = (as) => act(`replay-${as}`, async () => {
    const { seq } = await api.replay(summary.seq, as);
    const made = await api.detail(seq);
    state.details.set(seq, made);
    const { word, tone } = outcomeOf(made.outcome);
    // As judged again, what was stored before is a duplicate, and not published again.
    const plain = ['accepted', 'replayed'].includes(made.reason);
    toast(`Replayed: ${word.toLowerCase()}${made.status ? ` ${made.status}` : ''}${plain ? '' : `, ${words(made.reason)}`}`,
      ['bad', 'warn'].includes(tone) ? 'bad' : 'good', { href: link(seq), text: `Show #${seq}` });
  });
  const button = (as, word, about) => html`<button type="button" id=${`replay-${as}`} ?disabled=${!can[as] || state.busy !== ''}
    title=${can[as] ? about : (can.why || 'This cannot be replayed')} @click=${() => again(as)}>${icon('replay')}${word}</button>`;
  const captured = summary.outcome === 'captured';
  return html`<div class="actions">
    ${captured ? nothing : button('event', 'Replay to the broker', 'Publish the same event once more, under the same id')}
    ${captured ? nothing : button('request', 'Replay from raw', 'Judge the request again from the start, as of its own time')}
    <button type="button" id="copy-curl" ?disabled=${!whole?.curl} @click=${() => copy(whole.curl, 'curl command')}>${icon('copy')}Copy as curl</button>
    <a class="button" id="download-raw" href=${api.rawUrl(summary.seq)} download=${`request-${summary.seq}.bin`}>${icon('down')}Raw body</a>
  </div>${whole && !captured && can.why && !(can.event && can.request) ? html`<p class="hint">${sentence(whyNot(can.why))}</p>` : nothing}`;
}

// The daemon says "as event: ...; as request: ...".
const REPLAYS = [['as event: ', 'It cannot be replayed to the broker: '], ['as request: ', 'It cannot be replayed from raw: ']];
const whyNot = (why) => REPLAYS.reduce((text, [said, shown]) => text.replace(said, shown), why).replaceAll('; It', '. It');

function panel(it, link) {
  switch (state.tab) {
    case 'body': return body(it);
    case 'headers': return headers(it);
    case 'event': return events(it);
    case 'secret': return trial(it);
    default: return why(it, link);
  }
}

// --- Why

function why(it) {
  const { tone, about } = outcomeOf(it.outcome);
  const failed = tone === 'bad' || tone === 'warn';
  const [first, ...others] = it.causes ?? [];
  const next = advice(it.reason);
  const told = failed ? sentence(first ?? it.message) : arrivedAt(it);
  return html`
    <div class=${`verdict tone-${tone}`} id="verdict"><p class="verdict-kind">${failed ? (first ? 'Likely cause' : 'Why') : outcomeOf(it.outcome).word}</p>
      <p class="verdict-say">${told}</p>
      ${failed && first ? html`<p class="verdict-message">The daemon said <q>${it.message}</q> <code>${it.reason}</code></p>` : html`<p class="verdict-message">${it.reason === 'replayed' ? sentence(it.message) : about}</p>`}
      ${failed && next ? html`<p class="verdict-next"><strong>What to do</strong> ${next}${it.reason === 'wrong_signature' ? html` <button type="button" class="link" @click=${() => change({ tab: 'secret' })}>Try one here</button>` : nothing}</p>` : nothing}</div>
    ${others.length > 0 ? html`<section><h2>If it is not that</h2><ul class="causes">${others.map((cause) => html`<li>${sentence(cause)}</li>`)}</ul></section>` : nothing}
    ${(it.where ?? []).length > 0 ? html`<section><h2>Where it went</h2><ul class="where">${it.where.map(destination)}</ul></section>` : nothing}
    ${it.steps?.length > 0 ? html`<section><h2>How it was judged</h2>${steps(it.steps)}</section>` : nothing}
    <section><h2>Where the time went</h2>${timeline(it)}</section>
    <section><h2>About it</h2><dl class="facts">
      ${fact('Reason', it.reason ? `${words(it.reason)}` : null)}${fact('Event type', it.type)}${fact('Event id', it.id, true)}${fact('Events', it.events > 1 ? it.events : null)}
      ${fact('Provider', it.provider)}${fact('Looks like', it.guess)}${fact('Tenant', it.tenant)}${fact('Content type', it.content_type)}${fact('Query', it.query)}
      ${fact('Body', bytes(it.bytes))}${fact('From', it.client)}${fact('Arrived', it.at)}${fact('Number', `#${it.seq}`)}</dl></section>`;
}

function arrivedAt(it) {
  if (it.outcome === 'accepted' && it.reason === 'duplicate') return 'It arrived before, so it was not published again.';
  if (it.outcome === 'accepted' && (it.where ?? []).length > 0) {
    const sinks = [...new Set(it.where.map((where) => where.sink))];
    return it.where.some((where) => where.spooled) ? `It arrived, and waits in the spool of ${sinks.join(' and ')}.` : `It arrived, and is stored in ${sinks.join(' and ')}.`;
  }
  if (it.outcome === 'captured') return it.guess ? `Captured. It looks like ${it.guess}.` : 'Captured. It looks like no preset.';
  return sentence(it.message);
}

const rect = (bar) => svg`<rect class=${`stage-${bar.index}`} x=${bar.x} y="0" width=${bar.width} height="4"></rect>`;

const destination = (where) => {
  const { sink, at } = place(where);
  return html`<li><span class="source">${sink}</span><code>${at}</code>${where.dead_letter ? html`<span class="badge tone-warn">dead letter: ${words(where.dead_letter)}</span>` : nothing}${where.key ? html`<span class="quiet">key <code>${where.key}</code></span>` : nothing}</li>`;
};

const fact = (name, value, mono = false) => value === null || value === undefined || value === '' ? nothing
  : html`<dt>${name}</dt><dd>${mono ? html`<code>${value}</code>` : value}</dd>`;

const STAGES = [['read_ms', 'Read'], ['verify_ms', 'Verify'], ['normalize_ms', 'Normalize'], ['publish_ms', 'Publish']];

// Drawn as an SVG: a stage's width is its share, and one that took next to nothing is still seen.
function timeline(it) {
  const parts = STAGES.map(([key, word], index) => ({ word, index, took: it.stages?.[key] })).filter((part) => typeof part.took === 'number');
  if (parts.length === 0) return html`<p class="quiet">${ms(it.elapsed_ms)} in all.</p>`;
  const sum = parts.reduce((total, part) => total + part.took, 0) || 1;
  const widths = parts.map((part) => Math.max(1.2, (part.took / sum) * 100));
  const scale = 100 / widths.reduce((total, width) => total + width, 0);
  let x = 0;
  const bars = parts.map((part, index) => {
    const width = widths[index] * scale;
    const bar = { ...part, x, width: Math.max(0.4, width - 0.4) };
    x += width;
    return bar;
  });
  return html`<svg class="timeline" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">${bars.map((bar) => rect(bar))}</svg>
    <ul class="legend">${parts.map((part) => html`<li><span class=${`swatch stage-${part.index}`}></span>${part.word} <strong>${ms(part.took)}</strong></li>`)}
      <li class="total">In all <strong>${ms(it.elapsed_ms)}</strong></li></ul>`;
}

// --- Body, headers, event

function body(it) {
  const has = it.body !== null && it.body !== undefined;
  const form = has && String(it.content_type ?? '').includes('x-www-form-urlencoded');
  const json = has && !form ? parse(it.body) : null;
  const choose = (pretty, word) => html`<button type="button" aria-pressed=${state.pretty === pretty ? 'true' : 'false'} @click=${() => change({ pretty })}>${word}</button>`;
  return html`
    <div class="panel-bar"><span class="quiet">${it.content_type ?? 'no content type'} · ${bytes(it.bytes)}</span>
      ${json || form ? html`<div class="switch" role="group" aria-label="How the body is shown">${choose(true, 'Pretty')}${choose(false, 'Raw')}</div>` : nothing}
      ${has && it.body !== '' ? copyButton(it.body, 'body') : nothing}</div>
    ${it.body_note ? html`<p class="note">${sentence(it.body_note)}</p>` : nothing}
    ${it.body_truncated ? html`<p class="note">Only the beginning is kept.</p>` : nothing}
    ${!has ? (it.body_base64 ? html`<pre class="raw" tabindex="0">${hex(it.body_base64)}</pre>` : nothing)
      : it.body === '' ? html`<p class="quiet">The body is empty.</p>`
        : state.pretty && json ? tree(json)
          : state.pretty && form ? html`<dl class="facts">${[...new URLSearchParams(it.body)].map(([name, value]) => html`<dt><code>${name}</code></dt><dd><code>${value}</code></dd>`)}</dl>`
            : html`<pre class="raw" tabindex="0">${it.body}</pre>`}`;
}

// The first bytes as numbers and letters.
function hex(base64) {
  const text = atob(base64);
  const lines = [];
  for (let at = 0; at < Math.min(text.length, 4096); at += 16) {
    const part = [...text.slice(at, at + 16)];
    const numbers = part.map((it) => it.charCodeAt(0).toString(16).padStart(2, '0')).join(' ');
    const letters = part.map((it) => (it >= ' ' && it <= '~' ? it : '.')).join('');
    lines.push(`${at.toString(16).padStart(6, '0')}  ${numbers.padEnd(47)}  ${letters}`);
  }
  return lines.join('\n') + (text.length > 4096 ? `\n… ${text.length - 4096} more bytes` : '');
}

const headers = (it) => html`<dl class="facts headers">${(it.headers ?? []).map(([name, value]) => html`<dt><code>${name}</code></dt><dd><code class=${
  value === '[redacted]' ? 'quiet' : ''}>${value}</code></dd>`)}</dl>
  <p class="hint">As they came. Credentials are never kept.</p>`;

function events(it) {
  if (it.events_kept.length === 0) {
    return html`<div class="empty"><h2>No event</h2><p>${it.events_note ? sentence(it.events_note) : 'Nothing was published of this request.'}</p></div>`;
  }
  return html`${it.events_note ? html`<p class="note">${sentence(it.events_note)}</p>` : nothing}${it.events_kept.map(event)}`;
}

// A structured event is one text; a binary one has its attributes in the message's headers.
function event(it) {
  const binary = it.envelope !== null && typeof it.envelope === 'object';
  const text = binary ? it.envelope.data : it.envelope;
  const json = text ? parse(text) : null;
  return html`<section class="event"><div class="panel-bar"><strong>${it.type ?? 'event'}</strong>
      <span class="quiet">${[it.sink, it.encoding].filter(Boolean).join(' · ')}</span>${text ? copyButton(text, binary ? 'data' : 'envelope') : nothing}</div>
    ${it.oddity ? html`<p class="note">Published as a dead letter: ${words(it.oddity)}.</p>` : nothing}
    ${binary ? html`<dl class="facts headers">${Object.entries(it.envelope.headers ?? {}).map(([name, value]) => html`<dt><code>${name}</code></dt><dd><code>${value}</code></dd>`)}${
      fact('content type', it.envelope.content_type)}</dl>` : nothing}
    ${json ? tree(json) : html`<pre class="raw" tabindex="0">${text ?? (it.envelope?.data_base64 ? hex(it.envelope.data_base64) : 'It is not text.')}</pre>`}</section>`;
}
