//! What `--help` shows last: examples of each command. `tests/commandline.rs` runs every line of them.

pub(super) const HOOKFERRY: &str = "\
Examples:
  hookferry dev                                   # try it: embedded broker, secrets made up
  hookferry check -c config.yaml                  # before it is run
  hookferry serve -c config.yaml                  # run it
  hookferry help send                             # what send can do

Exit status: 0 done, 1 failed, 64 the command line cannot be meant, 78 the configuration is faulty.
The manual: https://github.com/hookferry/hookferry/tree/main/docs";

pub(super) const DEV: &str = "\
Examples:
  hookferry dev                                   # nothing has to be installed
  hookferry dev --kafka kafka-0:9092              # publish to a Kafka of yours
  hookferry dev --rabbitmq amqp://rabbit-0        # or to a RabbitMQ, or both";

pub(super) const SERVE: &str = "\
Examples:
  hookferry serve -c config.yaml
  HOOKFERRY__LOG__LEVEL=debug hookferry serve -c config.yaml   # a key laid over the file";

pub(super) const CHECK: &str = "\
Examples:
  hookferry check -c config.yaml                  # exits with 78 when something is wrong
  HOOKFERRY__LISTEN=127.0.0.1:8081 hookferry check -c config.yaml";

pub(super) const PROVIDERS: &str = "\
Examples:
  hookferry providers                             # all of them
  hookferry providers stripe                      # one explained, with what to do at the provider
  hookferry providers github --json               # for programs";

pub(super) const VERIFY: &str = "\
Examples:
  hookferry verify --provider github --secret \"$GITHUB_SECRET\" request.http
  hookferry verify --provider github --secret \"$GITHUB_SECRET\" --at 1767225600 request.http   # by a clock of then
  hookferry verify --provider github --secret \"$GITHUB_SECRET\" < request.http
  hookferry verify --preset acme.yaml             # the test cases beside a preset of yours";

pub(super) const ROUTE: &str = "\
Examples:
  hookferry route -c config.yaml --source github                        # of the preset's first sample
  hookferry route -c config.yaml --source github --event push --explain
  hookferry route -c config.yaml --source github request.http           # of a request in a file";

pub(super) const SEND: &str = "\
Examples:
  hookferry send --provider github --secret \"$GITHUB_SECRET\" --to http://127.0.0.1:8080/webhooks/github
  hookferry send --provider github --secret \"$GITHUB_SECRET\" --event push --count 10 --to http://127.0.0.1:8080/webhooks/github
  hookferry send --provider github --secret \"$GITHUB_SECRET\" --data body.json --to http://127.0.0.1:8080/webhooks/github";

pub(super) const PROBE: &str = "\
Examples:
  hookferry probe -c config.yaml                  # every check once; exits with 1 when one failed
  hookferry probe -c config.yaml --check github --json
  hookferry probe -c config.yaml --url https://hooks.example.com        # a daemon that runs elsewhere";

pub(super) const TAIL: &str = "\
Examples:
  hookferry tail -c config.yaml --sink kafka                            # what arrives from now on
  hookferry tail -c config.yaml --sink kafka --from-beginning --count 1 --json
  hookferry tail --kafka kafka-0:9092 --topics 'webhooks.github.*' --from-beginning
  hookferry tail --rabbitmq amqp://rabbit-0 --exchange webhooks --binding 'github.#'";

pub(super) const REPLAY: &str = "\
Examples:
  hookferry replay -c config.yaml --sink kafka                          # what there is
  hookferry replay -c config.yaml --sink rabbit --queue dead-letters --json
  hookferry replay -c config.yaml --sink kafka --reason not_json --since 2026-01-01T00:00:00Z
  hookferry replay -c config.yaml --sink kafka --id 72d3162e-cc78-11e3-81ab-4c9367dc0958 --publish
  hookferry replay -c config.yaml --sink kafka --from quarantine        # on the spool's disk";

pub(super) const SPOOL: &str = "\
Examples:
  hookferry spool inspect -c config.yaml          # how much, since when, of whom
  hookferry spool export -c config.yaml > waiting.jsonl
  hookferry spool drain -c config.yaml            # while no daemon runs";

pub(super) const SPOOL_INSPECT: &str = "\
Examples:
  hookferry spool inspect -c config.yaml
  hookferry spool inspect -c config.yaml --sink kafka --json";

pub(super) const SPOOL_EXPORT: &str = "\
Examples:
  hookferry spool export -c config.yaml > waiting.jsonl
  hookferry spool export -c config.yaml --quarantine > all.jsonl";

pub(super) const SPOOL_DRAIN: &str = "\
Examples:
  hookferry spool drain -c config.yaml
  hookferry spool drain -c config.yaml --sink kafka --within 600";

pub(super) const COMPLETIONS: &str = "\
Examples:
  hookferry completions bash > ~/.local/share/bash-completion/completions/hookferry
  hookferry completions zsh > ~/.zfunc/_hookferry            # a folder of $fpath
  hookferry completions fish > ~/.config/fish/completions/hookferry.fish";

pub(super) const MAN: &str = "\
Examples:
  hookferry man > hookferry.1                     # hookferry(1) alone
  hookferry man ~/.local/share/man/man1           # every page; then: man hookferry-send";
