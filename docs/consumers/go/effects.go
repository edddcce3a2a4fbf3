package main

import (
	"bufio"
	"encoding/json"
	"os"

	"github.com/cloudevents/sdk-go/v2/event"
)

// What an event does, done once.
//
// A file stands for your database here: one line for each effect. In yours, put (source, id) into a table with a
// unique key, in the same transaction as what the event changes; a key that is there already means that it was done.
type effects struct {
	file *os.File
	done map[key]bool
}

type key struct{ source, id string }

type effect struct {
	Source     string          `json:"source"`
	ID         string          `json:"id"`
	Type       string          `json:"type"`
	DeadLetter any             `json:"deadletter"`
	Data       json.RawMessage `json:"data"`
}

func openEffects(path string) (*effects, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR|os.O_APPEND, 0o644)
	if err != nil {
		return nil, err
	}
	done := make(map[key]bool)
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		var line effect
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			return nil, err
		}
		done[key{line.Source, line.ID}] = true
	}
	return &effects{file, done}, lines.Err()
}

// Returns false for an event whose effect is there already.
func (effects *effects) once(read *event.Event) (bool, error) {
	known := key{read.Source(), read.ID()}
	if effects.done[known] {
		return false, nil
	}
	// Only what could not be read or published where it was meant to go has this attribute.
	reason := read.Extensions()["deadletterreason"]
	line := effect{known.source, known.id, read.Type(), reason, nil}
	if reason == nil {
		line.Data = read.Data()
	}
	text, err := json.Marshal(line)
	if err != nil {
		return false, err
	}
	if _, err := effects.file.Write(append(text, '\n')); err != nil {
		return false, err
	}
	if err := effects.file.Sync(); err != nil {
		return false, err
	}
	effects.done[known] = true
	return true, nil
}
