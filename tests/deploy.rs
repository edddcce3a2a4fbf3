//! What is in deploy/ is true: each configuration that is shipped starts the daemon that was built,
//! by the arguments, variables and files of its manifest, and the probes answer where they ask.

#![allow(
    clippy::unwrap_used,
    clippy::too_many_lines,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::wildcard_enum_match_arm,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and its input is its own"
)]

#[path = "deploy/chart.rs"]
mod chart;
#[path = "deploy/hardened.rs"]
mod hardened;
#[path = "deploy/lint.rs"]
mod lint;
#[path = "deploy/notify.rs"]
mod notify;
mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::process::Command;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use yaml_rust2::{Yaml, YamlLoader};

use support::daemon::Daemon;
use support::github::{Delivery, SECRET, hmac};
use support::{Folder, kafka, output_of, project_file, rabbitmq, run_id, until};

const CONFIG_PATH: &str = "/etc/hookferry/config.yaml";
const SERVE: [&str; 3] = ["serve", "-c", CONFIG_PATH];

fn text(path: &str) -> String {
    fs::read_to_string(project_file(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn documents(path: &str) -> Vec<Yaml> {
    YamlLoader::load_from_str(&text(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn of_kind<'d>(documents: &'d [Yaml], kind: &str) -> &'d Yaml {
    let mut found = documents
        .iter()
        .filter(|document| document["kind"].as_str() == Some(kind));
    let first = found.next().unwrap_or_else(|| panic!("there is no {kind}"));
    assert!(found.next().is_none(), "there are two of {kind}");
    first
}

fn string(yaml: &Yaml) -> String {
    yaml.as_str()
        .unwrap_or_else(|| panic!("no text: {yaml:?}"))
        .to_owned()
}

fn items(yaml: &Yaml) -> &[Yaml] {
    yaml.as_vec().map_or(&[], Vec::as_slice)
}

/// A pod that runs hookferry, and the configuration that is mounted into it.
struct Manifest {
    documents: Vec<Yaml>,
    container: Yaml,
    pod: Yaml,
    config: String,
}

impl Manifest {
    fn read(path: &str, kind: &str) -> Self {
        let documents = documents(path);
        let pod = of_kind(&documents, kind)["spec"]["template"]["spec"].clone();
        let containers = items(&pod["containers"])
            .iter()
            .chain(items(&pod["initContainers"]));
        let mut ours = containers.filter(|it| string(&it["image"]).starts_with("hookferry:"));
        let container = ours.next().expect("a container of ours").clone();
        let map = of_kind(&documents, "ConfigMap").clone();
        let config = string(&map["data"]["config.yaml"]);
        let manifest = Self {
            container,
            pod,
            config,
            documents,
        };
        // What is mounted is this configuration, where the arguments say.
        let source = manifest.volume_at("/etc/hookferry");
        assert_eq!(source["configMap"]["name"], map["metadata"]["name"]);
        manifest
    }

    /// The volume that is mounted at `path`.
    fn volume_at(&self, path: &str) -> Yaml {
        let mut mounts = items(&self.container["volumeMounts"]).iter();
        let mount = mounts.find(|mount| mount["mountPath"].as_str() == Some(path));
        let mount = mount.unwrap_or_else(|| panic!("nothing is mounted at {path}"));
        let mut volumes = items(&self.pod["volumes"]).iter();
        volumes
            .find(|volume| volume["name"] == mount["name"])
            .expect("the volume exists")
            .clone()
    }

    fn arguments(&self) -> Vec<String> {
        // With `command`, the image's entry point would not be the one that is tested below.
        assert!(self.container["command"].is_badvalue());
        items(&self.container["args"]).iter().map(string).collect()
    }

    /// The names of its variables, each with the key of the secret that it comes from.
    fn variables(&self) -> BTreeMap<String, String> {
        let env = items(&self.container["env"]).iter();
        env.map(|it| {
            (
                string(&it["name"]),
                string(&it["valueFrom"]["secretKeyRef"]["key"]),
            )
        })
        .collect()
    }

    fn port(&self, name: &str) -> i64 {
        let mut ports = items(&self.container["ports"]).iter();
        let port = ports.find(|port| port["name"].as_str() == Some(name));
        port.unwrap_or_else(|| panic!("no port {name}"))["containerPort"]
            .as_i64()
            .unwrap()
    }

    /// The ports that are named are those that the configuration listens at, from outside the pod.
    fn assert_ports_fit(&self) {
        let config = YamlLoader::load_from_str(&self.config).unwrap().remove(0);
        assert_eq!(
            string(&config["listen"]),
            format!("0.0.0.0:{}", self.port("webhooks"))
        );
        assert_eq!(
            string(&config["admin"]["listen"]),
            format!("0.0.0.0:{}", self.port("admin"))
        );
        let ms = |key: &str| config["shutdown"][key].as_i64().unwrap();
        let needed_s = (ms("delay_ms") + ms("grace_ms")) / 1000 + 2;
        let given_s = self.pod["terminationGracePeriodSeconds"].as_i64().unwrap();
        assert!(
            given_s > needed_s,
            "it is killed after {given_s} s, but may need {needed_s} s"
        );
        // A body in flight and its envelope: what may be held fits the memory that may be had.
        let limit = |key: &str, default| config["limits"][key].as_i64().unwrap_or(default);
        let bodies_mib =
            limit("in_flight_max", 1024) * limit("body_bytes_max", 1 << 20) / (1 << 20);
        let memory = string(&self.container["resources"]["limits"]["memory"]);
        let memory_mib: i64 = memory.strip_suffix("Mi").expect("MiB").parse().unwrap();
        assert!(
            memory_mib > bodies_mib + 64,
            "{bodies_mib} MiB of bodies in {memory}"
        );
    }

    async fn assert_probes_answer(&self, daemon: &Daemon) {
        for (probe, path) in [("livenessProbe", "/livez"), ("readinessProbe", "/readyz")] {
            let asks = &self.container[probe]["httpGet"];
            assert_eq!(
                (asks["path"].as_str(), asks["port"].as_str()),
                (Some(path), Some("admin")),
                "{probe}"
            );
            assert_eq!(daemon.admin().get(path).await.status, 200, "{probe}");
        }
    }
}

/// Puts free ports on loopback and a broker's address over what is shipped, as an operator may.
fn laid_over<'e>(more: &[(&'e str, &'e str)]) -> Vec<(&'e str, &'e str)> {
    let local = "127.0.0.1:0";
    [
        &[
            ("HOOKFERRY__LISTEN", local),
            ("HOOKFERRY__ADMIN__LISTEN", local),
        ],
        more,
    ]
    .concat()
}

/// The daemon is ready, takes a signed push from GitHub, and has it stored at Kafka.
async fn assert_carries_github(daemon: &Daemon, run: &str) {
    daemon.ready().await;
    let client = daemon.client();
    let push = Delivery::push(format!("{run}-1"));
    let reply = push.send(&client, "/webhooks/github", SECRET).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    let forged = push
        .send(&client, "/webhooks/github", "another-secret-altogether")
        .await;
    assert_eq!(forged.status, 401, "{forged:?}");
    // With a spool, a broker that is slow to begin with may have it only after the answer.
    let has_spool = daemon.metrics().await.contains("hookferry_spool_entries");
    if has_spool {
        daemon.drained("kafka").await;
    }
    let records = kafka::read(&kafka::address(), &format!("{run}.push"));
    let mut ids: Vec<_> = records
        .iter()
        .map(|record| record.json()["id"].clone())
        .collect();
    if has_spool {
        // Taken over by the spool, and stored by the broker after all: twice under one id.
        ids.dedup();
    }
    assert_eq!(ids, [push.id]);
}

fn github_to_kafka<'e>(run: &'e [String; 2], brokers: &'e str) -> Vec<(&'e str, &'e str)> {
    laid_over(&[
        ("HOOKFERRY__SINKS__KAFKA__BROKERS", brokers),
        ("HOOKFERRY__SINKS__KAFKA__TOPIC", &run[1]),
        ("HOOKFERRY__SINKS__KAFKA__DEFAULT_TOPIC", &run[0]),
    ])
}

fn ends_well(mut daemon: Daemon) {
    daemon.terminate();
    let ended = daemon.wait(Duration::from_secs(40));
    assert_eq!(ended.status.code(), Some(0), "{}", ended.output);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_kubernetes_deployment_starts_and_answers_its_probes() {
    let manifest = Manifest::read("deploy/kubernetes/base/deployment.yaml", "Deployment");
    manifest.assert_ports_fit();
    assert_eq!(manifest.arguments(), SERVE);
    let variables = manifest.variables();
    assert_eq!(
        variables.keys().collect::<Vec<_>>(),
        ["GITHUB_WEBHOOK_SECRET"]
    );
    let run = run_id();
    let run = [run.clone(), format!("{run}.{{event}}")];
    let brokers = kafka::address();
    let mut env = github_to_kafka(&run, &brokers);
    env.extend(variables.keys().map(|name| (name.as_str(), SECRET)));
    let daemon = Daemon::start(&manifest.config, &env);
    assert_carries_github(&daemon, &run[0]).await;
    manifest.assert_probes_answer(&daemon).await;

    // The service and the budget mean these pods.
    let labels =
        &of_kind(&manifest.documents, "Deployment")["spec"]["template"]["metadata"]["labels"];
    let service = of_kind(&manifest.documents, "Service");
    assert_eq!(service["spec"]["selector"], *labels);
    assert_eq!(
        service["spec"]["ports"][0]["targetPort"].as_str(),
        Some("webhooks")
    );
    let budget = of_kind(&manifest.documents, "PodDisruptionBudget");
    assert_eq!(budget["spec"]["selector"]["matchLabels"], *labels);
    assert_eq!(
        of_kind(&manifest.documents, "Deployment")["spec"]["selector"]["matchLabels"],
        *labels
    );
    let annotations =
        &of_kind(&manifest.documents, "Deployment")["spec"]["template"]["metadata"]["annotations"];
    assert_eq!(
        string(&annotations["prometheus.io/port"]),
        manifest.port("admin").to_string()
    );
    // The comment says how the secret is made.
    let comment = text("deploy/kubernetes/base/deployment.yaml");
    assert!(
        variables
            .values()
            .all(|key| comment.contains(&format!("--from-literal={key}=")))
    );
    ends_well(daemon);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_statefulset_keeps_events_on_its_volume_while_the_broker_is_away() {
    let manifest = Manifest::read("deploy/kubernetes/spool/statefulset.yaml", "StatefulSet");
    manifest.assert_ports_fit();
    assert_eq!(manifest.arguments(), SERVE);
    let set = of_kind(&manifest.documents, "StatefulSet");
    let labels = &set["spec"]["template"]["metadata"]["labels"];
    assert_eq!(set["spec"]["selector"]["matchLabels"], *labels);
    let service = of_kind(&manifest.documents, "Service");
    assert_eq!(service["metadata"]["name"], set["spec"]["serviceName"]);
    assert_eq!(service["spec"]["selector"], *labels);
    // The spool is where a claim is mounted, one a pod, and fits it.
    let config = YamlLoader::load_from_str(&manifest.config)
        .unwrap()
        .remove(0);
    let path = string(&config["spool"]["path"]);
    let mut mounts = items(&manifest.container["volumeMounts"]).iter();
    let mount = mounts.find(|it| it["mountPath"].as_str() == Some(&path));
    let claim = &items(&set["spec"]["volumeClaimTemplates"])[0];
    assert_eq!(mount.unwrap()["name"], claim["metadata"]["name"]);
    let size = string(&claim["spec"]["resources"]["requests"]["storage"]);
    let gibibytes: i64 = size.strip_suffix("Gi").unwrap().parse().unwrap();
    assert!(config["spool"]["bytes_max"].as_i64().unwrap() < gibibytes << 30);

    let folder = Folder::new();
    let shipped = manifest
        .config
        .replace(&path, folder.path().to_str().unwrap());
    assert!(shipped != manifest.config);
    let run = run_id();
    let run = [run.clone(), format!("{run}.{{event}}")];
    let secret = ("GITHUB_WEBHOOK_SECRET", SECRET);
    // Nobody listens there.
    let mut env = github_to_kafka(&run, "127.0.0.1:1");
    env.push(secret);
    let daemon = Daemon::start(&shipped, &env);
    daemon.ready().await;
    manifest.assert_probes_answer(&daemon).await;
    let push = Delivery::push(format!("{}-early", run[0]));
    let client = daemon.client();
    let reply = push.send(&client, "/webhooks/github", SECRET).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    ends_well(daemon);

    let brokers = kafka::address();
    let mut env = github_to_kafka(&run, &brokers);
    env.push(secret);
    let daemon = Daemon::start(&shipped, &env);
    until(
        "what was kept is published",
        Duration::from_secs(20),
        || async {
            daemon
                .metrics()
                .await
                .contains("hookferry_spool_entries{sink=\"kafka\"} 0\n")
        },
    )
    .await;
    let records = kafka::read(&brokers, &format!("{}.push", run[0]));
    let ids: Vec<_> = records
        .iter()
        .map(|record| record.json()["id"].clone())
        .collect();
    assert_eq!(ids, [push.id]);
    ends_well(daemon);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_sidecar_starts_and_answers_its_probes() {
    let manifest = Manifest::read("deploy/kubernetes/sidecar/sidecar.yaml", "Deployment");
    manifest.assert_ports_fit();
    assert_eq!(manifest.arguments(), SERVE);
    let ours = items(&manifest.pod["initContainers"])
        .iter()
        .find(|it| **it == manifest.container);
    let restarts = ours.expect("a sidecar is an init container")["restartPolicy"].clone();
    assert_eq!(
        restarts.as_str(),
        Some("Always"),
        "without it, the pod waits for its end"
    );
    let variables = manifest.variables();
    assert_eq!(variables.keys().collect::<Vec<_>>(), ["RABBITMQ_URL"]);

    // The secrets' files, in another folder than the pod's.
    let mounted = "/run/secrets/orders-webhooks";
    let secrets = manifest.volume_at(mounted)["secret"]["secretName"].clone();
    let reference = &manifest.container["env"][0]["valueFrom"]["secretKeyRef"];
    assert_eq!(reference["name"], secrets);
    let comment = text("deploy/kubernetes/sidecar/sidecar.yaml");
    for key in ["shopify-secret", &variables["RABBITMQ_URL"]] {
        assert!(comment.contains(&format!("--from-literal={key}=")), "{key}");
    }
    let folder = Folder::new();
    // `kubectl create secret` keeps a newline that was typed; so does an editor.
    folder.write("shopify-secret", format!("{SECRET}\n"));
    let config = manifest
        .config
        .replace(mounted, folder.path().to_str().unwrap());
    assert!(config != manifest.config, "{mounted} is not used");
    let (run, url) = (run_id(), rabbitmq::url());
    rabbitmq::declare(&url, &run, &run, "shopify.#");
    let env = laid_over(&[
        ("RABBITMQ_URL", &url),
        ("HOOKFERRY__SINKS__RABBIT__EXCHANGE", &run),
    ]);
    let daemon = Daemon::start(config, &env);
    daemon.ready().await;
    manifest.assert_probes_answer(&daemon).await;
    let body = r#"{"id":820982911946154508}"#;
    let signature = STANDARD.encode(hmac(SECRET.as_bytes(), body.as_bytes()));
    let headers = [
        ("content-type", "application/json"),
        ("x-shopify-topic", "orders/create"),
        ("x-shopify-webhook-id", &run),
        ("x-shopify-shop-domain", "example.myshopify.com"),
        ("x-shopify-hmac-sha256", &signature),
    ];
    let reply = daemon
        .client()
        .post("/webhooks/shopify", &headers, body)
        .await;
    assert_eq!(reply.status, 200, "{reply:?}");
    let messages = rabbitmq::read_all(&url, &run).await;
    assert_eq!(messages.len(), 1, "{messages:?}");
    ends_well(daemon);
    rabbitmq::delete(&url, &run, &run);
}

/// The Dockerfile's instructions, comments and line breaks taken out, by stage.
fn dockerfile() -> Vec<Vec<(String, String)>> {
    let joined = text("deploy/Dockerfile").replace("\\\n", " ");
    let lines = joined
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'));
    let mut stages: Vec<Vec<(String, String)>> = Vec::new();
    for line in lines {
        let (word, rest) = line.split_once(' ').unwrap_or_else(|| panic!("{line}"));
        if word == "FROM" {
            stages.push(Vec::new());
        }
        let stage = stages.last_mut().expect("FROM comes first");
        stage.push((word.to_owned(), rest.trim().to_owned()));
    }
    stages
}

fn json_list(text: &str) -> Vec<String> {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: not the exec form: {text}"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_image_copies_what_exists_and_starts_what_was_built() {
    let stages = dockerfile();
    let (mut built, mut image) = (BTreeSet::new(), BTreeSet::new());
    for (stage, copied) in [(&stages[0], &mut built), (&stages[1], &mut image)] {
        for (_, files) in stage.iter().filter(|(word, _)| word == "COPY") {
            let words: Vec<_> = files.split_whitespace().collect();
            let from = words[0].strip_prefix("--from=");
            let (target, sources) = words[usize::from(from.is_some())..].split_last().unwrap();
            for source in sources {
                // A pattern for files that need not be there.
                if *source == "deploy/hookferry.prof*" {
                    continue;
                }
                if from.is_some() {
                    assert_eq!(*source, "/out/hookferry");
                } else {
                    assert!(
                        project_file(source).exists(),
                        "COPY {source}: there is none"
                    );
                }
            }
            copied.extend([(*target).to_owned()]);
            copied.extend(sources.iter().map(|source| (*source).to_owned()));
        }
    }
    // Without these `cargo build` of the manifest stops: a folder that it names is not there.
    let manifest = text("Cargo.toml");
    for needed in ["Cargo.toml", "Cargo.lock", "rust-toolchain.toml", "src"] {
        assert!(built.contains(needed), "the build needs {needed}");
    }
    assert!(
        !manifest.contains("[[bench]]") || built.contains("benches"),
        "the manifest names benches"
    );
    // Cargo runs it because it is there.
    assert!(!project_file("build.rs").exists() || built.contains("build.rs"));
    let mut commands = stages[0].iter().filter(|(word, _)| word == "RUN");
    assert!(commands.any(|(_, command)| command.contains(" deploy/build ")));
    assert!(manifest.contains("\n[profile.dist]\n"));
    let rust = manifest
        .lines()
        .find_map(|line| line.strip_prefix("rust-version = "))
        .unwrap();
    let first = &stages[0][0].1;
    assert!(
        first.starts_with(&format!("rust:{}", rust.trim_matches('"'))),
        "{first} is not {rust}"
    );

    let last = |word: &str| {
        let found = stages[1]
            .iter()
            .find(|(instruction, _)| instruction == word);
        &found.unwrap_or_else(|| panic!("no {word}")).1
    };
    let entry = json_list(last("ENTRYPOINT"));
    assert!(entry.len() == 1 && image.contains(&entry[0]), "{entry:?}");
    let arguments = json_list(last("CMD"));
    assert_eq!(arguments, SERVE);
    assert!(image.contains(CONFIG_PATH) && image.contains("deploy/config.yaml"));
    let user = last("USER");
    assert!(
        user.split(':')
            .all(|id| id.parse::<u32>().is_ok_and(|id| id > 0)),
        "it must not run as root, and Kubernetes can tell so only by a number: {user}"
    );

    let config = text("deploy/config.yaml");
    let listen = YamlLoader::load_from_str(&config).unwrap().remove(0)["listen"].clone();
    assert_eq!(string(&listen), format!("0.0.0.0:{}", last("EXPOSE")));
    let run = run_id();
    let run = [run.clone(), format!("{run}.{{event}}")];
    let brokers = kafka::address();
    let mut env = github_to_kafka(&run, &brokers);
    env.push(("GITHUB_WEBHOOK_SECRET", SECRET));
    let daemon = Daemon::start(&config, &env);
    assert_carries_github(&daemon, &run[0]).await;
    ends_well(daemon);
}

/// The values of `key` in the unit, in order.
fn unit(key: &str) -> Vec<String> {
    let unit = text("deploy/systemd/hookferry.service");
    let values = unit
        .lines()
        .filter_map(|line| line.strip_prefix(key)?.strip_prefix('='));
    values.map(str::to_owned).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_systemd_unit_starts_what_was_built() {
    let start = unit("ExecStart");
    let words: Vec<_> = start[0].split_whitespace().collect();
    assert_eq!(words[0], "/usr/local/bin/hookferry");
    assert_eq!(words[1..], SERVE);
    assert_eq!(unit("EnvironmentFile"), ["/etc/hookferry/environment"]);
    assert_eq!(
        unit("RestartPreventExitStatus"),
        ["78"],
        "the code of a faulty configuration"
    );
    // What `src/scheduling.rs` asks for by itself; the unit's filter would end it for that.
    assert_eq!(unit("CPUSchedulingPolicy"), ["batch"]);
    let stop: u64 = unit("TimeoutStopSec")[0].parse().unwrap();
    assert!(stop > 25 + 2, "the grace is 25 s by default");
    let comment = text("deploy/systemd/hookferry.service");
    let config = text("deploy/config.yaml");
    let secret = config
        .split("env: ")
        .nth(1)
        .unwrap()
        .split(' ')
        .next()
        .unwrap();
    assert!(
        comment.contains(&format!("{secret}=")),
        "the comment makes another variable than {secret}"
    );
    // Another end than a faulty configuration's is tried again, this one is not.
    let faulty = Daemon::attempt(&config, &[])
        .err()
        .expect("it started without a secret");
    assert_eq!(faulty.status.code(), Some(78), "{}", faulty.output);
}

/// The unit in a copy that systemd can look at here: the program is the one that was built.
#[test]
fn systemd_takes_the_unit() {
    let folder = Folder::new();
    let built = env!("CARGO_BIN_EXE_hookferry");
    let copy = text("deploy/systemd/hookferry.service").replace("/usr/local/bin/hookferry", built);
    let path = folder.write("hookferry.service", copy);
    let output = support::run(
        Command::new("systemd-analyze").args(["verify", "--man=no", &path]),
        vec![],
    );
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let ours: Vec<_> = said
        .lines()
        .filter(|line| line.contains("hookferry.service"))
        .collect();
    assert!(output.status.success() && ours.is_empty(), "{said}");
}

/// What the daemon asks of the kernel is what its unit lets through: anything else would kill it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_units_filter_lets_through_what_the_daemon_calls() {
    let filters = unit("SystemCallFilter");
    assert_eq!(
        filters,
        [
            "@system-service landlock_create_ruleset landlock_add_rule landlock_restrict_self",
            "~@privileged @resources"
        ]
    );
    let mut allowed = system_calls("@system-service");
    for denied in ["@privileged", "@resources"] {
        allowed.retain(|call| !system_calls(denied).contains(call));
    }
    // systemd lets these through always, to start the program and to end it.
    allowed.extend(["execve", "exit", "exit_group", "rt_sigreturn"].map(str::to_owned));

    let run = run_id();
    let run = [run.clone(), format!("{run}.{{event}}")];
    let (brokers, folder) = (kafka::address(), Folder::new());
    let mut env = github_to_kafka(&run, &brokers);
    env.push(("GITHUB_WEBHOOK_SECRET", SECRET));
    let daemon = Daemon::start(text("deploy/config.yaml"), &env);
    let trace = folder.path().join("calls");
    let id = daemon.id().to_string();
    // Attached, so that what the test's own tools call is not counted.
    let mut strace = Command::new("strace");
    strace
        .args(["-f", "-c", "-S", "name", "-U", "name", "-p", &id, "-o"])
        .arg(&trace);
    let mut strace = strace.spawn().expect("strace");
    support::until("strace is attached", Duration::from_secs(10), || async {
        let status = fs::read_to_string(format!("/proc/{id}/status")).unwrap();
        status
            .lines()
            .any(|line| line.starts_with("TracerPid") && !line.ends_with("\t0"))
    })
    .await;
    assert_carries_github(&daemon, &run[0]).await;
    ends_well(daemon);
    assert!(strace.wait().unwrap().success());
    let calls = fs::read_to_string(&trace).unwrap();
    let calls: BTreeSet<_> = calls
        .lines()
        .map(str::trim)
        .filter(|line| {
            line.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') && !line.is_empty()
        })
        .filter(|line| !["syscall", "total"].contains(line))
        .collect();
    assert!(
        calls.contains("epoll_wait") || calls.contains("epoll_pwait"),
        "{calls:?}"
    );
    let stopped: Vec<_> = calls
        .iter()
        .filter(|call| !allowed.contains(**call))
        .collect();
    assert!(
        stopped.is_empty(),
        "the unit's filter would kill it at {stopped:?}"
    );
}

/// The system calls of one of systemd's sets, with the sets in it.
fn system_calls(set: &str) -> BTreeSet<String> {
    let mut command = Command::new("systemd-analyze");
    let listed = output_of(command.args(["syscall-filter", "--no-pager", set]), vec![]);
    let listed = String::from_utf8(listed).unwrap();
    let words = listed
        .lines()
        .skip(1)
        .map(str::trim)
        .filter(|word| !word.is_empty() && !word.starts_with('#'));
    let mut calls = BTreeSet::new();
    for word in words {
        if word.starts_with('@') {
            calls.append(&mut system_calls(word));
        } else {
            calls.insert(word.to_owned());
        }
    }
    calls
}
