// What stands beside the list while no request is open: is everybody's webhook arriving?

import { html, nothing } from './vendor/lit-html.js';
import { ago, bytes, shortTime, words } from './format.js';
import { command, pill } from './parts.js';
import { state } from './store.js';

const quote = (text) => `'${String(text).replaceAll("'", "'\\''")}'`;

// An unsigned request to the first source.
export function sampleCommand() {
  const ingress = state.daemon?.ingress ?? 'http://127.0.0.1:8080';
  const path = state.daemon?.sources?.[0]?.path ?? '/webhooks';
  return `curl -i ${quote(`${ingress}${path}`)} -H 'content-type: application/json' -d '{"hello":"ferry"}'`;
}

// A signed one, where the source has a preset.
export function signedCommand() {
  const source = state.daemon?.sources?.find((it) => it.provider);
  if (source === undefined) return null;
  return `hookferry send --provider ${source.provider} --secret "$SECRET" --to ${quote(`${state.daemon.ingress}${source.path}`)}`;
}

const FAILED = ['refused', 'rejected', 'unavailable', 'denied'];

function bySource() {
  const rows = new Map();
  for (const { name, provider, path } of state.daemon?.sources ?? []) {
    rows.set(name, { name, provider, path, good: 0, bad: 0, last: null, failed: null });
  }
  for (const it of state.exchanges) {
    if (!it.source) continue;
    const row = rows.get(it.source) ?? { name: it.source, provider: it.provider, path: it.path, good: 0, bad: 0, last: null, failed: null };
    rows.set(it.source, row);
    row.last ??= it;
    if (FAILED.includes(it.outcome)) {
      row.bad += 1;
      row.failed ??= it;
    } else {
      row.good += 1;
    }
  }
  return [...rows.values()];
}

export function overview(open, filterBy) {
  const { daemon, exchanges } = state;
  const sources = bySource();
  const signed = signedCommand();
  return html`<section class="pane detail-pane overview" aria-label="Overview">
    <h1>Is it arriving?</h1>
    <p class="lead">${exchanges.length === 0
      ? 'Nothing has come yet. Each source is listed here with its last request.'
      : html`${exchanges.length} requests are kept, the oldest from ${ago(exchanges.at(-1).at)}. Choose one on the left, or a source here.`}</p>
    ${sources.length === 0 ? html`<p>No source is configured.</p>` : html`
    <div class="cards">${sources.map((it) => html`<div class="card">
      <div class="card-head"><button type="button" class="link" @click=${() => filterBy({ source: it.name })}>${it.name}</button>
        ${it.last === null ? html`<span class="quiet">nothing yet</span>` : pill(it.last)}</div>
      <p class="quiet">${it.provider && it.provider !== it.name ? html`${it.provider} · ` : nothing}<code>${it.path}</code></p>
      <p>${it.last === null ? 'No request is kept.' : html`Seen ${ago(it.last.at)}. ${it.good} good, ${
        it.bad === 0 ? 'none failed.' : html`<button type="button" class="link tone-bad" @click=${() => filterBy({ source: it.name, outcome: it.failed.outcome })}>${it.bad} failed</button>.`}`}</p>
      ${it.failed === null ? nothing : html`<button type="button" class="last-failure" @click=${() => open(it.failed.seq)}>
        Last failure ${shortTime(it.failed.at)}: ${words(it.failed.reason)}</button>`}
    </div>`)}</div>`}
    <h2>Send one yourself</h2>
    ${signed === null ? nothing : html`<p>Signed, as the provider would, with the source’s secret:</p>${command(signed, 'Signed sample')}`}
    <p>Without a signature, to see it refused:</p>
    ${command(sampleCommand(), 'Sample request')}
    ${daemon === null ? nothing : html`<p class="hint">hookferry ${daemon.version} · ${daemon.kept.entries} of at most ${daemon.capacity.entries_max} requests kept, ${
      bytes(daemon.kept.bytes)} of ${bytes(daemon.capacity.bytes_max)} · secrets and redacted fields are never kept</p>`}
  </section>`;
}
