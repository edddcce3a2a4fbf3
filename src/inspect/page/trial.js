// "Try another secret": does this request verify with it? The secret stays in the field and in one
// request to the daemon, which does not keep it.

import { html, nothing } from './vendor/lit-html.js';
import * as api from './daemon.js';
import { sentence, words } from './format.js';
import { icon, steps } from './parts.js';
import { act, change, state } from './store.js';

const VERDICTS = { accept: ['good', 'It verifies'], handshake: ['info', 'It verifies, as a handshake'], reject: ['bad', 'It does not verify'] };

export function trial(it) {
  const known = state.daemon?.providers ?? [];
  const likely = it.provider ?? it.guess ?? '';
  const said = state.trial.seq === it.seq ? state.trial : null;
  const submit = (event) => {
    event.preventDefault();
    const data = new FormData(event.target);
    const wanted = { provider: data.get('provider'), secret: data.get('secret') };
    if (data.get('url')) wanted.url = data.get('url');
    act('verify', async () => {
      const verdict = await api.verify(it.seq, wanted);
      change({ trial: { seq: it.seq, provider: wanted.provider, ...verdict } });
    });
  };
  return html`<form class="form" id="trial" @submit=${submit}>
    <p class="lead">Would this very request verify with another secret? It is judged as of its own time, and the secret is not kept.</p>
    <label>Provider<select name="provider" required>${likely === '' ? html`<option value="">Choose one</option>` : nothing}
      ${known.map((id) => html`<option value=${id} .selected=${id === likely}>${id}</option>`)}</select></label>
    <label>Secret<input name="secret" type="password" required autocomplete="off" spellcheck="false"></label>
    <label>Public URL<span class="quiet">only where the scheme signs it</span><input name="url" type="url" placeholder=${state.daemon?.public_url ?? 'https://'} autocomplete="off"></label>
    <div class="actions"><button type="submit" class="primary" ?disabled=${state.busy !== ''}>${icon('key')}Try it</button></div>
  </form>
  <div aria-live="polite" id="trial-said">${said === null ? nothing : verdict(said)}</div>`;
}

function verdict(said) {
  const [tone, word] = VERDICTS[said.verdict] ?? ['warn', String(said.verdict)];
  const [first, ...others] = said.causes ?? [];
  return html`<div class=${`verdict tone-${tone}`}><p class="verdict-say">${word} with this secret${said.provider ? ` as ${said.provider}` : ''}.</p>
    ${tone === 'bad' ? html`<p>${sentence(first ?? words(said.reason))}</p>` : nothing}</div>
    ${others.length > 0 ? html`<ul class="causes">${others.map((cause) => html`<li>${sentence(cause)}</li>`)}</ul>` : nothing}
    ${said.steps?.length > 0 ? steps(said.steps) : nothing}`;
}
