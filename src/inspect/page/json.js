// JSON as it was written: numbers keep their digits and names their order, which JSON.parse loses.

import { html, nothing } from './vendor/lit-html.js';

const NODES_MAX = 6000;
const DEPTH_MAX = 100;
const TOKEN = /\s*(?:([{}[\],:])|("(?:[^"\\\u0000-\u001f]|\\.)*")|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|(true|false|null))/y;

// The tree of a JSON text, or null when it is none, or too large to be shown as a tree.
export function parse(text) {
  let at = 0;
  let nodes = 0;
  const next = () => {
    TOKEN.lastIndex = at;
    const found = TOKEN.exec(text);
    if (found === null) throw new SyntaxError('no JSON');
    at = TOKEN.lastIndex;
    return found;
  };
  const value = (found, depth) => {
    nodes += 1;
    if (nodes > NODES_MAX || depth > DEPTH_MAX) throw new RangeError('too large');
    const [, mark, string, number, word] = found;
    if (string !== undefined) return { kind: 'string', text: string };
    if (number !== undefined) return { kind: 'number', text: number };
    if (word !== undefined) return { kind: 'word', text: word };
    if (mark !== '{' && mark !== '[') throw new SyntaxError('no JSON');
    const close = mark === '{' ? '}' : ']';
    const children = [];
    let token = next();
    if (token[1] !== close) {
      for (;;) {
        let name = null;
        if (mark === '{') {
          name = token[2];
          if (name === undefined || next()[1] !== ':') throw new SyntaxError('no JSON');
          token = next();
        }
        children.push({ name, node: value(token, depth + 1) });
        token = next();
        if (token[1] === close) break;
        if (token[1] !== ',') throw new SyntaxError('no JSON');
        token = next();
      }
    }
    return { kind: mark === '{' ? 'object' : 'array', children };
  };
  try {
    const tree = value(next(), 0);
    return text.slice(at).trim() === '' ? tree : null;
  } catch {
    return null;
  }
}

const OPEN_CHILDREN_MAX = 60;

export function tree(node) {
  return html`<div class="json" role="group" aria-label="JSON">${line(null, node, 0, true)}</div>`;
}

function line(name, node, depth, last) {
  const label = name === null ? nothing : html`<span class="j-name">${name}</span><span class="j-mark">: </span>`;
  const comma = last ? nothing : html`<span class="j-mark">,</span>`;
  if (node.children === undefined) {
    return html`<div class="j-line">${label}<span class=${`j-${node.kind}`}>${node.text}</span>${comma}</div>`;
  }
  const [open, close] = node.kind === 'object' ? ['{', '}'] : ['[', ']'];
  const count = node.children.length;
  if (count === 0) {
    return html`<div class="j-line">${label}<span class="j-mark">${open}${close}</span>${comma}</div>`;
  }
  const unit = node.kind === 'object' ? 'key' : 'item';
  const end = count - 1;
  return html`<details class="j-fold" ?open=${depth < 5 && count <= OPEN_CHILDREN_MAX}>
    <summary>${label}<span class="j-mark">${open}</span><span class="j-count"> ${count} ${unit}${count === 1 ? '' : 's'} ${close}</span></summary>
    <div class="j-inside">${node.children.map((child, index) => line(child.name, child.node, depth + 1, index === end))}</div>
    <div class="j-line"><span class="j-mark">${close}</span>${comma}</div>
  </details>`;
}
