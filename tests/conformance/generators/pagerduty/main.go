// Prints the cases of pagerduty; see ../../README.md.
package main

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"sort"
	"strings"

	"github.com/PagerDuty/go-pagerduty/webhookv3"
)

const (
	by     = "github.com/PagerDuty/go-pagerduty@v1.8.0 webhookv3.VerifySignature"
	header = "x-pagerduty-signature"
	secret = "y5LwCj3mQz8Rt2Vn7Xk1Pb6Hd4Gs9Fa0"
	other  = "z5LwCj3mQz8Rt2Vn7Xk1Pb6Hd4Gs9Fa1"
)

type event struct{ name, kind, id, body string }

type request struct {
	Method  string            `json:"method"`
	URL     string            `json:"url"`
	Headers map[string]string `json:"headers"`
	Body    []byte            `json:"body_b64"`
}

func sum(secret string, content []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(content)
	return hex.EncodeToString(mac.Sum(nil))
}

// The package must agree with what is expected, else nothing is written.
func emit(name, expect, kind, id string, secrets []string, r request) {
	accepted := false
	for _, one := range secrets {
		accepted = accepted || accepts(r, one)
	}
	if accepted != (expect == "accept") {
		fmt.Fprintf(os.Stderr, "pagerduty: the package says %v of %s\n", accepted, name)
		os.Exit(1)
	}
	out := json.NewEncoder(os.Stdout)
	out.SetEscapeHTML(false)
	line := struct {
		Provider   string              `json:"provider"`
		Case       string              `json:"case"`
		Config     map[string][]string `json:"config"`
		Request    request             `json:"request"`
		Now        int                 `json:"now"`
		Expect     string              `json:"expect"`
		Type       string              `json:"expect_type,omitempty"`
		ID         string              `json:"expect_id,omitempty"`
		VerifiedBy string              `json:"verified_by"`
	}{"pagerduty", name, map[string][]string{"secrets": secrets}, r, 1767225600, expect, "", "", by}
	if expect == "accept" {
		line.Type, line.ID = kind, id
	}
	if err := out.Encode(line); err != nil {
		panic(err)
	}
}

// Makes the odd bodies of a genuine one and the forgeries that every provider has.
func odd(body string) map[string]string {
	last := body[:len(body)-1]
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, []byte(body), "", "  "); err != nil {
		panic(err)
	}
	return map[string]string{
		"utf8":             last + `,"extra":"Zoë ☃ 💥 日本"}`,
		"escaped-unicode":  last + `,"extra":"Zo\u00eb \ud83d\ude00 \/"}`,
		"html":             last + `,"extra":"<b>a & b</b> 'c' \u003c\u003e"}`,
		"numbers":          last + `,"extra":[1.0,1e3,-0,12345678901234567890]}`,
		"trailing-newline": body + "\n",
		"pretty-printed":   pretty.String(),
		"crlf":             strings.ReplaceAll(pretty.String(), "\n", "\r\n"),
		"long":             last + `,"extra":"` + strings.Repeat("0123456789", 80) + `"}`,
	}
}

func accepts(r request, secret string) bool {
	incoming, err := http.NewRequest(r.Method, r.URL, bytes.NewReader(r.Body))
	if err != nil {
		panic(err)
	}
	for name, value := range r.Headers {
		incoming.Header.Set(name, value)
	}
	return webhookv3.VerifySignature(incoming, secret) == nil
}

func signed(e event, body, secret string) request {
	return request{"POST", "https://hooks.example.com/in/pagerduty", map[string]string{
		"content-type": "application/json",
		"user-agent":   "PagerDuty-Webhook/V3.0",
		header:         "v1=" + sum(secret, []byte(body)),
	}, []byte(body)}
}

func incident(name, kind, id, data string) event {
	return event{name, kind, id, `{"event":{"id":"` + id + `","event_type":"` + kind +
		`","resource_type":"incident","occurred_at":"2026-01-01T00:00:00.000Z","agent":null,"client":null,"data":` + data + `}}`}
}

func main() {
	first := incident("valid", "incident.triggered", "01BBYA7WXVMUBT8OTLN8M4HJ2I", `{"id":"PGR0VU2","type":"incident","title":"Größerer Ausfall","status":"triggered"}`)
	ping := incident("valid-ping", "pagey.ping", "01CEHA9WXVMUBT8OTLN8M4HJ3J", `{"message":"Hello from your friend Pagey!","type":"ping"}`)
	resolved := incident("valid-two-signatures", "incident.resolved", "01CEHA9WXVMUBT8OTLN8M4HJ4K", `{"id":"PGR0VU2"}`)
	for _, e := range []event{first, ping} {
		emit(e.name, "accept", e.kind, e.id, []string{secret}, signed(e, e.body, secret))
	}
	two := signed(resolved, resolved.body, secret)
	two.Headers[header] = "v1=" + strings.Repeat("0", 64) + "," + two.Headers[header]
	emit(resolved.name, "accept", resolved.kind, resolved.id, []string{secret}, two)

	forged := map[string]request{}
	version := signed(first, first.body, secret)
	version.Headers[header] = strings.Replace(version.Headers[header], "v1=", "v2=", 1)
	forged["another-version"] = version

	names := make([]string, 0)
	for name := range odd(first.body) {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		emit("valid-"+name, "accept", first.kind, first.id, []string{secret}, signed(first, odd(first.body)[name], secret))
	}
	emit("rotated-second-secret", "accept", first.kind, first.id, []string{other, secret}, signed(first, first.body, secret))

	genuine := func() request { return signed(first, first.body, secret) }
	for name, body := range map[string]string{
		"tampered-body":                  strings.Replace(first.body, "triggered", "triggeree", 1),
		"tampered-body-trailing-newline": first.body + "\n",
		"tampered-body-truncated":        first.body[:len(first.body)-1],
		"tampered-body-emptied":          "",
		"signature-of-another-body":      "{}",
	} {
		forged[name] = genuine()
		r := forged[name]
		r.Body = []byte(body)
		forged[name] = r
	}
	forged["wrong-secret"] = signed(first, first.body, other)
	signature := genuine().Headers[header]
	for name, value := range map[string]string{
		"empty-signature":     "",
		"truncated-signature": signature[:len(signature)-1],
		"changed-signature":   signature[:len(signature)-1] + string("0123456789abcdef"[(strings.IndexByte("0123456789abcdef", signature[len(signature)-1])+1)%16]),
		"garbage-signature":   "garbage",
	} {
		r := genuine()
		r.Headers[header] = value
		forged[name] = r
	}
	missing := genuine()
	delete(missing.Headers, header)
	forged["missing-signature"] = missing
	names = names[:0]
	for name := range forged {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		emit(name, "reject", "", "", []string{secret}, forged[name])
	}
}
