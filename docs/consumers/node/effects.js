// What an event does, done once.
//
// A file stands for your database here: one line for each effect. In yours, put (source, id) into a table with a
// unique key, in the same transaction as what the event changes; a key that is there already means that it was done.
'use strict';

const fs = require('node:fs');

class Effects {
  constructor(path) {
    const text = fs.existsSync(path) ? fs.readFileSync(path, 'utf8') : '';
    const lines = text.split('\n').filter(Boolean).map((line) => JSON.parse(line));
    this.done = new Set(lines.map(({ source, id }) => JSON.stringify([source, id])));
    this.file = fs.openSync(path, 'a');
  }

  // Returns false for an event whose effect is there already.
  once(event) {
    const key = JSON.stringify([event.source, event.id]);
    if (this.done.has(key)) {
      return false;
    }
    // Only what could not be read or published where it was meant to go has this attribute.
    const reason = event.deadletterreason ?? null;
    const { source, id, type } = event;
    const line = { source, id, type, deadletter: reason, data: reason ? null : asJson(event.data) };
    fs.writeSync(this.file, `${JSON.stringify(line)}\n`);
    fs.fsyncSync(this.file);
    this.done.add(key);
    return true;
  }
}

function asJson(data) {
  return Buffer.isBuffer(data) || typeof data === 'string' ? JSON.parse(data) : data;
}

module.exports = { Effects };
