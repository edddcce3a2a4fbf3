"""What an event does, done once.

A file stands for your database here: one line for each effect. In yours, put (source, id) into a table with a unique
key, in the same transaction as what the event changes; a key that is there already means that it was done.
"""

import json
import os


class Effects:
    def __init__(self, path):
        self.done = set()
        if os.path.exists(path):
            with open(path, encoding="utf-8") as lines:
                self.done = {(line["source"], line["id"]) for line in map(json.loads, lines)}
        self.file = open(path, "a", encoding="utf-8")

    def once(self, event):
        """Returns False for an event whose effect is there already."""
        key = (event.get_source(), event.get_id())
        if key in self.done:
            return False
        # Only what could not be read or published where it was meant to go has this attribute.
        reason = event.get_extension("deadletterreason")
        line = {
            "source": key[0],
            "id": key[1],
            "type": event.get_type(),
            "deadletter": reason,
            "data": None if reason else as_json(event.get_data()),
        }
        self.file.write(json.dumps(line) + "\n")
        self.file.flush()
        os.fsync(self.file.fileno())
        self.done.add(key)
        return True


def as_json(data):
    return json.loads(data) if isinstance(data, (bytes, str)) else data
