// Bins: addresses that take whatever is sent, to look at it.

import { html, nothing } from './vendor/lit-html.js';
import * as api from './daemon.js';
import { left } from './format.js';
import { list } from './list.js';
import { command, copyButton, icon } from './parts.js';
import { act, change, listed, state, toast } from './store.js';

export async function refreshBins() {
  await act('bins', async () => change({ bins: (await api.bins()) ?? [] }));
}

const urlOf = (bin) => bin.url ?? `${state.daemon?.ingress ?? ''}${bin.path}`;
const localOf = (bin) => `${state.daemon?.ingress ?? ''}${bin.path}`;
const countOf = (bin) => Math.max(bin.count ?? 0, state.exchanges.filter((it) => it.bin === bin.id).length);

export function bins(open, go) {
  const { bin } = state.route;
  if (bin !== null) return one(bin, open, go);
  return html`<section class="pane list-pane" aria-label="Bins">
    <div class="toolbar bins-bar"><h1>Bins</h1><button type="button" class="primary" id="new-bin" @click=${() => go('#/bins/new')}>${icon('plus')}New bin</button></div>
    <div class="rows" tabindex="-1">${state.bins.length === 0
      ? html`<div class="empty"><h2>No bin yet</h2><p>A bin is an address of its own that takes any request and shows it, before you configure a source for it.</p>
        <button type="button" class="primary" @click=${() => go('#/bins/new')}>${icon('plus')}Make the first</button></div>`
      : html`<ul class="bin-list">${state.bins.map((it) => html`<li><a class="row" href=${`#/bins/${it.id}`}>
        <div class="row-first"><span class="row-title">${it.note || it.id}</span><span class="badge">${countOf(it)} captured</span></div>
        <div class="row-second"><code class="row-more">${it.path}</code><span class="elapsed">${left(it.expires)}</span></div></a></li>`)}</ul>`}</div>
  </section>`;
}

function one(id, open, go) {
  const bin = state.bins.find((it) => it.id === id);
  const rows = listed();
  const remove = () => act('drop-bin', async () => {
    await api.dropBin(id);
    state.bins = state.bins.filter((it) => it.id !== id);
    toast('Bin deleted');
    go('#/bins');
  });
  return html`<section class="pane list-pane" aria-label=${`Bin ${id}`}>
    <div class="toolbar bin-head">
      <div class="bins-bar"><a class="ghost button" href="#/bins">${icon('back')}Bins</a>
        ${bin === undefined ? nothing : html`<button type="button" class="danger" id="drop-bin" ?disabled=${state.busy !== ''} @click=${remove}>${icon('trash')}Delete</button>`}</div>
      ${bin === undefined ? html`<p>This bin is gone: it expired, or was deleted.</p>` : html`
        <h1 class="bin-name">${bin.note || `Bin ${id}`}</h1>
        <div class="command"><pre tabindex="0" role="group" aria-label="URL of the bin"><code id="bin-url">${urlOf(bin)}</code></pre>${copyButton(urlOf(bin), 'URL')}</div>
        <p class="quiet">Answers <strong>${bin.reply?.status ?? 200}</strong>${bin.reply?.delay_ms ? ` after ${bin.reply.delay_ms} ms` : ''} · ${left(bin.expires)} · ${countOf(bin)} captured</p>`}
    </div>
    ${rows.length === 0 && bin !== undefined ? html`<div class="rows"><div class="empty"><h2>Waiting for a request</h2><p>Give the URL to a provider, or try it from a terminal:</p>
      ${command(`curl -i '${localOf(bin)}' -d 'hello=bin'`, 'Sample request')}</div></div>` : list(rows, open, 'Captured requests')}
  </section>`;
}

// Beside the list of bins: what they are for, or the form for a new one.
export function binAside(go) {
  if (state.route.making) return form(go);
  return html`<section class="pane detail-pane overview" aria-label="About bins"><h1>See what a provider sends</h1>
    <p class="lead">A bin captures any method and any content type, answers as you say, tells which provider it looks like, and whether a secret verifies it.</p>
    <ol class="how"><li>Make a bin and copy its URL.</li><li>Enter it at the provider, and let it send a test.</li><li>Open the captured request, and try the secret.</li><li>Configure the source with the preset that was recognised.</li></ol></section>`;
}

export function binWaiting() {
  return html`<section class="pane detail-pane overview" aria-label="No request chosen"><div class="empty"><h2>No request chosen</h2><p>Captured requests appear on the left by themselves. Choose one to see it.</p></div></section>`;
}

function readHeaders(text) {
  const headers = {};
  for (const line of text.split('\n').map((it) => it.trim()).filter(Boolean)) {
    const colon = line.indexOf(':');
    if (colon < 1) throw new api.ApiError(400, { error: `“${line}” is no header`, remedy: 'Write one a line, as in content-type: text/plain.' });
    headers[line.slice(0, colon).trim()] = line.slice(colon + 1).trim();
  }
  return headers;
}

function form(go) {
  const submit = (event) => {
    event.preventDefault();
    const data = new FormData(event.target);
    act('make-bin', async () => {
      const reply = { status: Number(data.get('status')), headers: readHeaders(data.get('headers')), body: data.get('body'), delay_ms: Number(data.get('delay') || 0) };
      const wanted = { reply, note: data.get('note') };
      if (data.get('age')) wanted.age_s = Math.round(Number(data.get('age')) * 60);
      const bin = await api.makeBin(wanted);
      state.bins = [bin, ...state.bins.filter((it) => it.id !== bin.id)];
      go(`#/bins/${bin.id}`);
    });
  };
  const fault = state.fault?.name === 'make-bin' ? state.fault : null;
  return html`<section class="pane detail-pane" aria-labelledby="detail-title">
    <button type="button" class="ghost back" @click=${() => go('#/bins')}>${icon('back')}<span>Back</span></button>
    <h1 id="detail-title" tabindex="-1">New bin</h1>
    <form class="form" id="bin-form" @submit=${submit}>
      <label>Note<input name="note" maxlength="200" placeholder="What it is for" autocomplete="off"></label>
      <div class="fields"><label>Answer with status<input name="status" type="number" min="200" max="599" value="200" required></label>
        <label>After, ms<input name="delay" type="number" min="0" value="0"></label>
        <label>Lives, minutes<input name="age" type="number" min="1" placeholder="usual"></label></div>
      <label>Headers<span class="quiet">one a line</span><textarea name="headers" rows="2" placeholder="content-type: text/plain" spellcheck="false"></textarea></label>
      <label>Body<textarea name="body" rows="4" placeholder="ok" spellcheck="false"></textarea></label>
      ${fault === null ? nothing : html`<p class="note tone-bad" role="alert">${fault.text}. ${fault.remedy}</p>`}
      <div class="actions"><button type="submit" class="primary" ?disabled=${state.busy !== ''}>${icon('plus')}Make the bin</button></div>
    </form></section>`;
}
