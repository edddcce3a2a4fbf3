// Prints the cases of gitea; see ../../README.md.
package main

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"sort"
	"strings"

	"code.gitea.io/sdk/gitea"
)

const (
	by     = "code.gitea.io/sdk/gitea@v0.22.1 VerifyWebhookSignature"
	header = "x-gitea-signature"
	secret = "5f1c2e8a3b1d4b0e9b550d6a2c9a7e10"
	other  = "6f1c2e8a3b1d4b0e9b550d6a2c9a7e11"
	form   = "application/x-www-form-urlencoded"
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
		fmt.Fprintf(os.Stderr, "gitea: the package says %v of %s\n", accepted, name)
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
	}{"gitea", name, map[string][]string{"secrets": secrets}, r, 1767225600, expect, "", "", by}
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

// In a form, what the field payload says is signed.
func content(r request) []byte {
	if r.Headers["content-type"] != form {
		return r.Body
	}
	values, err := url.ParseQuery(string(r.Body))
	if err != nil {
		panic(err)
	}
	return []byte(values.Get("payload"))
}

// As the package's middleware does it, which refuses a missing signature first.
func accepts(r request, secret string) bool {
	if r.Headers[header] == "" {
		return false
	}
	ok, err := gitea.VerifyWebhookSignature(secret, r.Headers[header], content(r))
	return ok && err == nil
}

func signed(e event, body, secret string) request {
	return request{"POST", "https://hooks.example.com/in/gitea", map[string]string{
		"content-type":       "application/json",
		"x-gitea-delivery":   e.id,
		"x-gitea-event":      e.kind,
		"x-gitea-event-type": e.kind,
		header:               sum(secret, []byte(body)),
	}, []byte(body)}
}

func inForm(e event, body, signedContent string) request {
	r := signed(e, body, secret)
	r.Headers["content-type"] = form
	r.Headers[header] = sum(secret, []byte(signedContent))
	return r
}

func main() {
	first := event{"valid", "push", "f6266f16-1bf3-46a5-9ea4-602e06ead473", `{"ref":"refs/heads/develop","before":"28e1879d029cb852e4844d9c718537df08844e03","after":"bffeb74224043ba2feb48d137756c8a9331c449a","compare_url":"https://git.example.com/gitea/webhooks/compare/28e1879d029c...bffeb7422404","commits":[{"id":"bffeb74224043ba2feb48d137756c8a9331c449a","message":"Webhooks Yay!","timestamp":"2026-01-01T00:00:00+00:00"}],"repository":{"id":140,"name":"webhooks","full_name":"gitea/webhooks","private":false,"default_branch":"main"},"pusher":{"id":1,"login":"gitea"},"sender":{"id":1,"login":"gitea"}}`}
	issues := event{"valid-issues", "issues", "0b7e4a6c-9a3d-4d57-8ac9-0f8f7d7d2b1e", `{"action":"opened","number":7,"issue":{"id":93,"number":7,"title":"It fails","state":"open","user":{"id":1,"login":"gitea"},"created_at":"2026-01-01T00:00:00Z"},"repository":{"id":140,"name":"webhooks","full_name":"gitea/webhooks","private":false},"sender":{"id":1,"login":"gitea"}}`}
	for _, e := range []event{first, issues} {
		emit(e.name, "accept", e.kind, e.id, []string{secret}, signed(e, e.body, secret))
	}
	payload := `{"ref":"refs/heads/main","message":"Zoë & co: 1+1=2","repository":{"id":140,"full_name":"gitea/webhooks"}}`
	encoded := url.Values{"payload": {payload}}.Encode()
	emit("valid-form", "accept", first.kind, first.id, []string{secret}, inForm(first, encoded, payload))

	forged := map[string]request{
		"form-body-signed":     inForm(first, encoded, encoded),
		"form-another-payload": inForm(first, strings.Replace(encoded, "main", "evil", 1), payload),
		"form-no-payload":      inForm(first, "payload2=x", "payload2=x"),
	}

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
		"tampered-body":                  strings.Replace(first.body, "Webhooks Yay!", "Webhooks Nay!", 1),
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
