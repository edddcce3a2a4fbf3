// Small pieces that several views are made of.

import { html, nothing } from './vendor/lit-html.js';
import { outcomeOf } from './format.js';
import { toast } from './store.js';

const PATHS = {
  good: 'M3.5 8.5l3 3 6-7',
  bad: 'M4 4l8 8M12 4l-8 8',
  warn: 'M8 3.2v5.6M8 12.2v.3',
  info: 'M8 7.2v5M8 3.8v.3',
  calm: 'M3.5 8h9',
  copy: 'M5.5 5.5V3h7.5v7.5h-2.5M3 5.5h7.5V13H3z',
  back: 'M10 3 5 8l5 5',
  replay: 'M12.5 8a4.5 4.5 0 1 1-1.5-3.4M11.5 2v3h-3',
  down: 'M8 2.5v7.5M4.8 7 8 10.2 11.2 7M3 13h10',
  pause: 'M5.5 3.5v9M10.5 3.5v9',
  play: 'M5 3.2v9.6L12.5 8z',
  search: 'M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9M10.4 10.4 13.5 13.5',
  plus: 'M8 3v10M3 8h10',
  trash: 'M3 4.5h10M6.5 4.5V3h3v1.5M4.5 4.5l.6 8.5h5.8l.6-8.5',
  leave: 'M9.5 3H3.5v10h6M6.5 8H14M11.5 5.5 14 8l-2.5 2.5',
  key: 'M5.5 7.5a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6M7.5 8.3 13 2.8M10.5 5.3l2 2',
};

export const icon = (name) => html`<svg class="icon" viewBox="0 0 16 16" aria-hidden="true"><path d=${PATHS[name]}></path></svg>`;

// An outcome is told by its colour, its sign and its word.
export function pill(summary, large = false) {
  const { word, tone } = outcomeOf(summary.outcome);
  return html`<span class=${`pill tone-${tone}${large ? ' large' : ''}`}>${icon(tone)}<span>${word}</span>${
    summary.status ? html`<span class="status">${summary.status}</span>` : nothing}</span>`;
}

export async function copy(text, what) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Over plain HTTP from another machine there is no clipboard but this one.
    const area = document.createElement('textarea');
    area.value = text;
    area.className = 'unseen';
    document.body.append(area);
    area.select();
    const done = document.execCommand('copy');
    area.remove();
    if (!done) {
      toast('The browser did not allow it: select the text and copy it', 'bad');
      return;
    }
  }
  toast(`${what} copied`);
}

export const copyButton = (text, what, label = 'Copy') => html`
  <button type="button" class="small" @click=${() => copy(text, what)} aria-label=${`Copy ${what}`}>${icon('copy')}${label}</button>`;

// A line for a terminal, ready to be copied.
export const command = (text, what = 'Command') => html`
  <div class="command"><pre tabindex="0" role="group" aria-label=${what}><code>${text}</code></pre>${copyButton(text, what)}</div>`;

export const steps = (list) => html`<ol class="steps">${list.map((step) => {
  const [tone, word] = step.passed === true ? ['good', 'passed'] : step.passed === false ? ['bad', 'failed'] : ['calm', 'noted'];
  return html`<li class=${`step tone-${tone}`}><span class="sign">${icon(tone)}<span class="unseen">${word}: </span></span><span>${step.text}</span></li>`;
})}</ol>`;
