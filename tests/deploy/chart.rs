//! The Helm chart: what it makes of tables of values is what Kubernetes takes, what it makes starts the daemon, and values that
//! cannot be meant are refused with their key.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use yaml_rust2::{Yaml, YamlLoader};

use super::support::daemon::Daemon;
use super::support::{Folder, output_of, project_file, run, until, variable};
use super::{
    SECRET, SERVE, assert_carries_github, ends_well, github_to_kafka, items, kafka, run_id,
};
use super::{string, text};

const CHART: &str = "deploy/helm/hookferry";
/// The oldest Kubernetes that the chart takes, and the newest whose schemas there are.
pub(super) const KUBERNETES: [&str; 2] = ["1.29.0", "1.37.0"];
/// What every table begins with: `ci/default-values.yaml` is what helm's own chart-testing reads.
const DEFAULT: &str = "ci/default-values.yaml";

pub(super) fn tool(name: &str) -> Command {
    Command::new(
        Path::new(&variable("HOOKFERRY_TEST_TOOLS"))
            .join("bin")
            .join(name),
    )
}

/// Faults of Kubernetes manifests by the schemas of `version`.
pub(super) fn kubeconform(version: &str, manifests: &str) -> Result<(), String> {
    let schemas = Path::new(&variable("HOOKFERRY_TEST_TOOLS")).join("schemas");
    let mut command = tool("kubeconform");
    command.args(["-strict", "-kubernetes-version", version]);
    for folder in [version, "crds"] {
        let name = "{{.ResourceKind}}{{.KindSuffix}}.json";
        let all = schemas.join(folder).join(name);
        command.arg("-schema-location").arg(all);
    }
    let output = run(command.arg("-"), manifests.as_bytes().to_vec());
    if output.status.success() {
        return Ok(());
    }
    Err(String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned())
}

/// What the chart makes, by kind and name.
struct Rendered {
    text: String,
    all: BTreeMap<(String, String), Yaml>,
}

impl Rendered {
    /// `values` are laid over the default table's.
    fn of(chart: &Path, values: &str) -> Result<Self, String> {
        let folder = Folder::new();
        let more = folder.write("values.yaml", values);
        let mut command = tool("helm");
        command.args([
            "template",
            "r",
            "--namespace",
            "hooks",
            "--kube-version",
            KUBERNETES[1],
        ]);
        command
            .arg(chart)
            .arg("-f")
            .arg(project_file(CHART).join(DEFAULT));
        let output = run(command.args(["-f", &more]), vec![]);
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into_owned());
        }
        let text = String::from_utf8(output.stdout).unwrap();
        let documents =
            YamlLoader::load_from_str(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
        let mut all = BTreeMap::new();
        for document in documents.into_iter().filter(|it| !it.is_null()) {
            let key = (
                string(&document["kind"]),
                string(&document["metadata"]["name"]),
            );
            assert!(
                all.insert(key.clone(), document).is_none(),
                "there are two of {key:?}"
            );
        }
        Ok(Self { text, all })
    }

    fn made(values: &str) -> Self {
        Self::of(&project_file(CHART), values)
            .unwrap_or_else(|error| panic!("{error}\nof\n{values}"))
    }

    fn get(&self, kind: &str, name: &str) -> &Yaml {
        let key = (kind.to_owned(), name.to_owned());
        self.all
            .get(&key)
            .unwrap_or_else(|| panic!("no {key:?} in\n{}", self.text))
    }

    fn names(&self) -> Vec<String> {
        self.all
            .keys()
            .map(|(kind, name)| format!("{kind} {name}"))
            .collect()
    }

    fn config(&self) -> String {
        string(&self.get("ConfigMap", "r-hookferry")["data"]["config.yaml"])
    }
}

/// A table of values, and what it makes.
struct Table {
    name: &'static str,
    values: &'static str,
    makes: &'static [&'static str],
}

const TABLES: &[Table] = &[
    Table {
        name: "default",
        values: "{}",
        makes: &[
            "ConfigMap r-hookferry",
            "Deployment r-hookferry",
            "NetworkPolicy r-hookferry",
            "Pod r-hookferry-check",
            "PodDisruptionBudget r-hookferry",
            "Service r-hookferry",
            "ServiceAccount r-hookferry",
        ],
    },
    Table {
        name: "least",
        values: "
networkPolicy: { enabled: false }
podDisruptionBudget: { enabled: false }
serviceAccount: { create: false }
secrets: { existingSecret: '' }
fullnameOverride: hooks
resources: null
config: { sources: { github: { secrets: [{ env: GITHUB_WEBHOOK_SECRET }] } } }
env: [{ name: GITHUB_WEBHOOK_SECRET, valueFrom: { secretKeyRef: { name: github, key: secret } } }]",
        makes: &["ConfigMap hooks", "Deployment hooks", "Pod hooks-check", "Service hooks"],
    },
    Table {
        name: "spool",
        values: "
spool: { enabled: true, size: 10Gi, storageClass: fast }
config: { spool: { bytes_max: 8589934592, age_max_s: 86400 } }
autoscaling: { enabled: true, behavior: { scaleUp: { stabilizationWindowSeconds: 30 } } }",
        makes: &[
            "ConfigMap r-hookferry",
            "HorizontalPodAutoscaler r-hookferry",
            "NetworkPolicy r-hookferry",
            "Pod r-hookferry-check",
            "PodDisruptionBudget r-hookferry",
            "Service r-hookferry",
            "Service r-hookferry-pods",
            "ServiceAccount r-hookferry",
            "StatefulSet r-hookferry",
        ],
    },
    Table {
        name: "sidecar",
        values: "sidecar: { enabled: true }",
        makes: &["ConfigMap r-hookferry"],
    },
    Table {
        name: "everything",
        values: "
image: { repository: registry.example.com/hookferry, digest: 'sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef' }
imagePullSecrets: [{ name: registry }]
replicas: 5
config:
  limits: { in_flight_max: 256 }
  sinks: { rabbit: { type: rabbitmq, url: { file: /run/secrets/hookferry/rabbitmq-url } } }
secrets: { extra: [{ name: kafka-client, mountPath: /run/secrets/kafka }] }
service: { type: LoadBalancer, port: 8000, annotations: { example.com/lb: internal } }
ingress: { enabled: true, className: nginx, annotations: { cert-manager.io/cluster-issuer: letsencrypt }, hosts: [hooks.example.com], tls: [{ secretName: hooks-tls, hosts: [hooks.example.com] }] }
httpRoute: { enabled: true, parentRefs: [{ name: public, namespace: gateways, sectionName: https }], hostnames: ['hooks.example.com'], annotations: { a: b } }
networkPolicy:
  webhooksFrom: [{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: ingress-nginx } } }]
  egress: { enabled: true, to: [{ to: [{ podSelector: { matchLabels: { app: kafka } } }], ports: [{ port: 9092, protocol: TCP }] }] }
autoscaling:
  enabled: true
  metrics: [{ type: Pods, pods: { metric: { name: hookferry_requests_in_flight }, target: { type: AverageValue, averageValue: '64' } } }]
  behavior: { scaleDown: { stabilizationWindowSeconds: 600 } }
podDisruptionBudget: { maxUnavailable: 25% }
serviceAccount: { name: hooks, annotations: { a: b } }
podLabels: { team: payments }
podAnnotations: { a: b }
priorityClassName: high
nodeSelector: { kubernetes.io/arch: amd64 }
tolerations: [{ key: hooks, operator: Exists }]
affinity: { nodeAffinity: {} }
topologySpreadConstraints: [{ maxSkew: 2, topologyKey: kubernetes.io/hostname, whenUnsatisfiable: DoNotSchedule }]
preStopSleepSeconds: 3
monitoring:
  podMonitor: { enabled: true, labels: { release: prometheus }, interval: 15s }
  prometheusRule: { enabled: true, labels: { release: prometheus } }
  dashboard: { enabled: true, annotations: { grafana_folder: Webhooks } }",
        makes: &[
            "ConfigMap r-hookferry",
            "ConfigMap r-hookferry-dashboard",
            "Deployment r-hookferry",
            "HTTPRoute r-hookferry",
            "HorizontalPodAutoscaler r-hookferry",
            "Ingress r-hookferry",
            "NetworkPolicy r-hookferry",
            "Pod r-hookferry-check",
            "PodDisruptionBudget r-hookferry",
            "PodMonitor r-hookferry",
            "PrometheusRule r-hookferry",
            "Service r-hookferry",
            "ServiceAccount hooks",
        ],
    },
];

#[test]
fn every_table_of_values_is_linted_and_makes_what_kubernetes_takes() {
    for table in TABLES {
        let rendered = Rendered::made(table.values);
        assert_eq!(rendered.names(), table.makes, "{}", table.name);
        for version in KUBERNETES {
            let checked = kubeconform(version, &rendered.text);
            checked.unwrap_or_else(|faults| panic!("{}, {version}: {faults}", table.name));
        }
        let folder = Folder::new();
        let more = folder.write("values.yaml", table.values);
        let mut lint = tool("helm");
        lint.args(["lint", "--strict", "--kube-version", KUBERNETES[1]])
            .arg(project_file(CHART));
        lint.arg("-f").arg(project_file(CHART).join(DEFAULT));
        output_of(lint.args(["-f", &more]), vec![]);
        assert_runs_restricted(&rendered, table.name);
        assert_is_a_configuration(&rendered, table.name);
    }
    // What is checked against is strict: a key that is no key is a fault, in both versions and in a custom resource.
    let rendered = Rendered::made("monitoring: { podMonitor: { enabled: true } }").text;
    for (right, wrong) in [
        (
            "automountServiceAccountToken:",
            "automountServiceAccountTokens:",
        ),
        ("readOnlyRootFilesystem: true", "readOnlyRootFilesystem: 1"),
        ("podMetricsEndpoints:", "podMetricEndpoints:"),
    ] {
        assert!(rendered.contains(right), "{right}");
        for version in KUBERNETES {
            let checked = kubeconform(version, &rendered.replace(right, wrong));
            assert!(checked.is_err(), "{wrong} in {version}");
        }
    }
}

/// The Pod Security Standard `restricted`, and what goes beyond it: no token, nothing to write to, no secret as a variable of ours.
fn assert_runs_restricted(rendered: &Rendered, table: &str) {
    let pods = rendered
        .all
        .iter()
        .filter_map(|((kind, _), it)| match kind.as_str() {
            "Deployment" | "StatefulSet" => Some(&it["spec"]["template"]["spec"]),
            "Pod" => Some(&it["spec"]),
            _ => None,
        });
    for pod in pods {
        assert_eq!(
            pod["automountServiceAccountToken"].as_bool(),
            Some(false),
            "{table}"
        );
        assert_eq!(pod["enableServiceLinks"].as_bool(), Some(false), "{table}");
        for container in items(&pod["containers"]) {
            let context = &container["securityContext"];
            for (key, value) in [
                ("runAsNonRoot", true),
                ("readOnlyRootFilesystem", true),
                ("allowPrivilegeEscalation", false),
            ] {
                assert_eq!(context[key].as_bool(), Some(value), "{table}: {key}");
            }
            assert_eq!(
                string(&context["seccompProfile"]["type"]),
                "RuntimeDefault",
                "{table}"
            );
            let dropped: Vec<_> = items(&context["capabilities"]["drop"])
                .iter()
                .map(string)
                .collect();
            assert_eq!(dropped, ["ALL"], "{table}");
            assert!(context["capabilities"]["add"].is_badvalue(), "{table}");
            for mount in items(&container["volumeMounts"]) {
                let is_spool = mount["mountPath"].as_str() == Some("/var/lib/hookferry");
                assert!(
                    is_spool || mount["readOnly"].as_bool() == Some(true),
                    "{table}: {mount:?}"
                );
                // What is mounted by subPath never changes: no rotation.
                assert!(mount["subPath"].is_badvalue(), "{table}: {mount:?}");
            }
        }
        let user = pod["securityContext"]["runAsUser"].as_i64();
        assert_eq!(user, Some(65532), "{table}");
    }
}

/// `hookferry check` takes what would be mounted, secrets at their place but for the folder above.
fn assert_is_a_configuration(rendered: &Rendered, table: &str) {
    let folder = Folder::new();
    for name in ["github-webhook-secret", "rabbitmq-url"] {
        folder.write(
            name,
            if name == "rabbitmq-url" {
                "amqp://127.0.0.1"
            } else {
                SECRET
            },
        );
    }
    let maps = rendered
        .all
        .iter()
        .filter(|((kind, _), _)| kind == "ConfigMap");
    let mut configs = maps.filter_map(|(_, map)| map["data"]["config.yaml"].as_str());
    let config = configs
        .next()
        .unwrap()
        .replace("/run/secrets/hookferry", folder.path().to_str().unwrap());
    let path = folder.write("config.yaml", config);
    let mut check = Command::new(env!("CARGO_BIN_EXE_hookferry"));
    check
        .args(["check", "-c", &path])
        .env("GITHUB_WEBHOOK_SECRET", SECRET);
    let output = run(&mut check, vec![]);
    assert!(
        output.status.success(),
        "{table}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn values_that_cannot_be_meant_are_refused_with_their_key() {
    for (values, says) in [
        (
            "config: { sinks: null }",
            "config.sinks: name at least one broker",
        ),
        (
            "config: { sources: null }",
            "config.sources: name at least one provider",
        ),
        ("config: { listen: '0.0.0.0:1' }", "/config/listen"),
        (
            "config: { admin: { listen: '0.0.0.0:1' } }",
            "/config/admin/listen",
        ),
        ("config: { spool: { path: /tmp } }", "/config/spool/path"),
        (
            "config: { spool: { age_max_s: 5 } }",
            "config.spool: the pods have no disk",
        ),
        ("config: { shutdown: { delay_ms: null } }", "delay_ms"),
        (
            "config: { shutdown: { grace_ms: soon } }",
            "/config/shutdown/grace_ms",
        ),
        ("config: { sinks: { 'Kafka!': {} } }", "Kafka!"),
        (
            "config: { sources: { github: { path: webhooks } } }",
            "/config/sources/github/path",
        ),
        (
            "spool: { enabled: true, size: 1Gi }",
            "spool.size: 1Gi is no more than",
        ),
        ("spool: { enabled: true, size: 10GB }", "/spool/size"),
        (
            "spool: { enabled: true, accessMode: ReadWriteMany }",
            "/spool/accessMode",
        ),
        (
            "sidecar: { enabled: true }\nspool: { enabled: true }",
            "sidecar.spoolVolume",
        ),
        (
            "config: { admin: { tls: { client_certificates: required } } }",
            "config.admin.tls.client_certificates: the kubelet",
        ),
        ("ports: { admin: 80 }", "/ports/admin"),
        ("ports: { webhooks: 70000 }", "/ports/webhooks"),
        ("replicas: two", "/replicas"),
        ("replicaCount: 3", "replicaCount"),
        ("image: { digest: latest }", "/image/digest"),
        ("image: { repository: 'a b' }", "/image/repository"),
        ("image: { tag: 'v1\"\\nevil: true' }", "/image/tag"),
        ("fullnameOverride: Hook_Ferry", "/fullnameOverride"),
        (
            "ingress: { enabled: true }",
            "ingress.hosts: name at least one host",
        ),
        (
            "ingress: { enabled: true, hosts: ['https://hooks.example.com/'] }",
            "/ingress/hosts/0",
        ),
        (
            "httpRoute: { enabled: true }",
            "httpRoute.parentRefs: name the Gateway",
        ),
        (
            "networkPolicy: { egress: { enabled: true } }",
            "networkPolicy.egress.to: without a rule",
        ),
        // An empty peer is everyone.
        (
            "networkPolicy: { adminFrom: [{}] }",
            "/networkPolicy/adminFrom/0",
        ),
        (
            "autoscaling: { enabled: true, minReplicas: 5, maxReplicas: 2 }",
            "autoscaling.maxReplicas",
        ),
        ("autoscaling: { enabled: true, cpu: 0 }", "autoscaling.cpu"),
        (
            "secrets: { githubWebhookSecret: it-is-a-secret }",
            "githubWebhookSecret",
        ),
        (
            "secrets: { extra: [{ name: a, mountPath: /etc/hookferry }] }",
            "/secrets/extra/0/mountPath",
        ),
        (
            "resources: { limits: { memory: lots } }",
            "/resources/limits/memory",
        ),
        ("podLabels: { team: 7 }", "/podLabels/team"),
        (
            "monitoring: { podMonitor: { interval: often } }",
            "/monitoring/podMonitor/interval",
        ),
    ] {
        let refused = Rendered::of(&project_file(CHART), values);
        let error = refused
            .err()
            .unwrap_or_else(|| panic!("it was taken: {values}"));
        assert!(error.contains(says), "{values}\n{error}");
    }
}

#[test]
fn what_is_made_follows_from_the_values() {
    let rendered = Rendered::made(
        "config: { shutdown: { delay_ms: 12500, grace_ms: 60001 } }\npreStopSleepSeconds: 7",
    );
    let pod = &rendered.get("Deployment", "r-hookferry")["spec"]["template"]["spec"];
    // 7 s, 72.501 s, and 10 s to spare.
    assert_eq!(
        pod["terminationGracePeriodSeconds"].as_i64(),
        Some(7 + 73 + 10)
    );
    let seconds = &pod["containers"][0]["lifecycle"]["preStop"]["sleep"]["seconds"];
    assert_eq!(seconds.as_i64(), Some(7));
    let arguments: Vec<_> = items(&pod["containers"][0]["args"])
        .iter()
        .map(string)
        .collect();
    assert_eq!(arguments, SERVE);

    // One source of the rules and of the dashboard, which a package holds as files.
    let rendered = Rendered::made(TABLES[4].values);
    let rules = YamlLoader::load_from_str(&text("deploy/prometheus/rules.yaml")).unwrap();
    let packed = plain(&rendered.get("PrometheusRule", "r-hookferry")["spec"]);
    assert!(packed == plain(&rules[0]), "the chart's rules are others");
    let board =
        string(&rendered.get("ConfigMap", "r-hookferry-dashboard")["data"]["hookferry.json"]);
    assert_eq!(board.trim(), text("deploy/grafana/hookferry.json").trim());
    let folder = Folder::new();
    let mut package = tool("helm");
    package
        .arg("package")
        .arg(project_file(CHART))
        .arg("-d")
        .arg(folder.path());
    output_of(&mut package, vec![]);
    let mut tar = Command::new("tar");
    tar.arg("-xzOf")
        .arg(folder.path().join("hookferry-0.1.0.tgz"));
    let packed = output_of(tar.arg("hookferry/files/rules.yaml"), vec![]);
    assert_eq!(
        String::from_utf8(packed).unwrap(),
        text("deploy/prometheus/rules.yaml")
    );

    // The admin side: from where it was said, or from nowhere; never from everywhere.
    for (values, peers) in [
        ("{}", Some("monitoring")),
        (
            "networkPolicy: { adminFrom: [{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: ops } } }] }",
            Some("ops"),
        ),
        ("networkPolicy: { adminFrom: [] }", None),
    ] {
        let rendered = Rendered::made(values);
        let rules =
            items(&rendered.get("NetworkPolicy", "r-hookferry")["spec"]["ingress"]).to_vec();
        let mut admin = rules
            .iter()
            .filter(|rule| rule["ports"][0]["port"].as_str() == Some("admin"));
        let from = admin.next().map(|rule| {
            string(
                &rule["from"][0]["namespaceSelector"]["matchLabels"]["kubernetes.io/metadata.name"],
            )
        });
        assert_eq!(from.as_deref(), peers, "{values}");
        assert!(
            rules
                .iter()
                .all(|rule| rule["ports"][0]["port"].as_str().is_some()),
            "{values}"
        );
    }

    // TLS in the daemon itself: who asks it is told.
    let rendered = Rendered::made(
        "
config:
  tls: { certificate_file: /run/secrets/hookferry/tls.crt, key_file: /run/secrets/hookferry/tls.key }
  admin: { tls: { certificate_file: /run/secrets/hookferry/tls.crt, key_file: /run/secrets/hookferry/tls.key } }
  checks: { github: { source: github } }
monitoring: { podMonitor: { enabled: true, tlsConfig: { serverName: hooks } } }",
    );
    for version in KUBERNETES {
        kubeconform(version, &rendered.text).unwrap_or_else(|faults| panic!("{version}: {faults}"));
    }
    let pod = &rendered.get("Deployment", "r-hookferry")["spec"]["template"]["spec"];
    for probe in ["startupProbe", "livenessProbe", "readinessProbe"] {
        let scheme = &pod["containers"][0][probe]["httpGet"]["scheme"];
        assert_eq!(scheme.as_str(), Some("HTTPS"), "{probe}");
    }
    let service = &rendered.get("Service", "r-hookferry")["spec"]["ports"][0];
    assert_eq!(string(&service["appProtocol"]), "https");
    let monitor = &rendered.get("PodMonitor", "r-hookferry")["spec"]["podMetricsEndpoints"][0];
    assert_eq!(string(&monitor["scheme"]), "https");
    assert_eq!(string(&monitor["tlsConfig"]["serverName"]), "hooks");
    // And a check of the configuration is a part of `helm test`.
    let probe = &rendered.get("Pod", "r-hookferry-probe")["spec"]["containers"][0]["args"];
    assert_eq!(string(&probe[0]), "probe");

    // A pod that goes leaves its events on its disk: nothing takes pods away.
    let rendered = Rendered::made(TABLES[2].values);
    let scaler = rendered.get("HorizontalPodAutoscaler", "r-hookferry");
    assert_eq!(
        string(&scaler["spec"]["behavior"]["scaleDown"]["selectPolicy"]),
        "Disabled"
    );
    assert_eq!(
        scaler["spec"]["behavior"]["scaleUp"]["stabilizationWindowSeconds"].as_i64(),
        Some(30)
    );
    assert_eq!(
        string(&scaler["spec"]["scaleTargetRef"]["kind"]),
        "StatefulSet"
    );
    let set = &rendered.get("StatefulSet", "r-hookferry")["spec"];
    assert!(
        set["replicas"].is_badvalue(),
        "the autoscaler's number would be put back by each upgrade"
    );
    let retention = &set["persistentVolumeClaimRetentionPolicy"];
    assert_eq!(
        (
            string(&retention["whenScaled"]),
            string(&retention["whenDeleted"])
        ),
        ("Retain".into(), "Retain".into())
    );
    assert_eq!(
        rendered.get("Service", &string(&set["serviceName"]))["spec"]["clusterIP"].as_str(),
        Some("None")
    );
    // Whole numbers stay whole, however large.
    assert!(
        rendered.config().contains("bytes_max: 8589934592\n"),
        "{}",
        rendered.config()
    );
}

/// The example of a chart that has this one as a dependency.
#[test]
fn another_chart_takes_hookferry_in_as_a_sidecar() {
    let folder = Folder::new();
    let example = project_file("deploy/helm/sidecar-example");
    output_of(
        Command::new("cp")
            .arg("-rL")
            .arg(&example)
            .arg(folder.path().join("orders")),
        vec![],
    );
    let charts = folder.path().join("orders/charts");
    fs::create_dir_all(&charts).unwrap();
    output_of(
        Command::new("cp")
            .arg("-rL")
            .arg(project_file(CHART))
            .arg(&charts),
        vec![],
    );
    let mut template = tool("helm");
    template
        .args(["template", "orders", "--kube-version", KUBERNETES[1]])
        .arg(folder.path().join("orders"));
    let made = String::from_utf8(output_of(&mut template, vec![])).unwrap();
    for version in KUBERNETES {
        kubeconform(version, &made).unwrap_or_else(|faults| panic!("{version}: {faults}\n{made}"));
    }
    let documents = YamlLoader::load_from_str(&made).unwrap();
    let kinds: Vec<_> = documents
        .iter()
        .filter(|it| !it.is_null())
        .map(|it| string(&it["kind"]))
        .collect();
    assert_eq!(kinds, ["ConfigMap", "Deployment"], "{made}");
    let deployment = documents
        .iter()
        .find(|it| it["kind"].as_str() == Some("Deployment"))
        .unwrap();
    let pod = &deployment["spec"]["template"]["spec"];
    let ours = &pod["initContainers"][0];
    assert_eq!(
        (string(&ours["name"]), string(&ours["restartPolicy"])),
        ("hookferry".into(), "Always".into())
    );
    assert_eq!(string(&pod["containers"][0]["name"]), "orders");
    // Every volume that is mounted is there.
    let volumes: Vec<_> = items(&pod["volumes"])
        .iter()
        .map(|it| string(&it["name"]))
        .collect();
    let mounts: Vec<_> = items(&ours["volumeMounts"])
        .iter()
        .map(|it| string(&it["name"]))
        .collect();
    assert_eq!(mounts, volumes);
    let grace = pod["terminationGracePeriodSeconds"].as_i64().unwrap();
    assert!(grace >= 40, "{grace}");
}

#[test]
fn what_the_operator_reads_next_fits_the_values() {
    for (values, says, not) in [
        (
            "{}",
            "helm -n hooks test r --logs",
            "secrets.existingSecret is empty",
        ),
        (
            "{}",
            "/webhooks/github  (github, source github)",
            "in_flight_max",
        ),
        (
            "secrets: { existingSecret: '' }",
            "create secret generic r-hookferry",
            "in_flight_max",
        ),
        (
            TABLES[4].values,
            "https://hooks.example.com",
            "Nobody outside",
        ),
        (TABLES[2].values, "statefulset/r-hookferry", "503"),
        (
            "resources: { limits: { memory: 256Mi } }",
            "bodies may take 1024 MiB",
            "ingress.enabled is",
        ),
        (
            "networkPolicy: { enabled: false }",
            "Every pod of the cluster can reach port 9090",
            "256Mi",
        ),
        (
            "sidecar: { enabled: true }",
            "once its template includes",
            "helm -n",
        ),
    ] {
        let notes = notes(values);
        assert!(notes.contains(says), "{values}: {says}\n{notes}");
        assert!(!notes.contains(not), "{values}: {not}\n{notes}");
    }
}

/// NOTES.txt, which `helm template` does not show: in a copy of the chart it is a manifest.
fn notes(values: &str) -> String {
    let folder = Folder::new();
    let chart = folder.path().join("hookferry");
    output_of(
        Command::new("cp")
            .arg("-rL")
            .arg(project_file(CHART))
            .arg(&chart),
        vec![],
    );
    fs::rename(
        chart.join("templates/NOTES.txt"),
        chart.join("files/notes.txt"),
    )
    .unwrap();
    let map = "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: notes }\ndata:\n  notes: |\n{{ tpl (.Files.Get \"files/notes.txt\") . | indent 4 }}\n";
    fs::write(chart.join("templates/notes.yaml"), map).unwrap();
    let rendered = Rendered::of(&chart, values).unwrap_or_else(|error| panic!("{error}"));
    string(&rendered.get("ConfigMap", "notes")["data"]["notes"])
}

/// What the chart mounts, in a container's view: a root of its own that cannot be written to, the image's user, no capabilities. A
/// signed webhook reaches Kafka, a forged one does not, and a secret that the kubelet replaces counts without a restart.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_chart_s_pod_carries_a_webhook_in_a_container_s_view() {
    let rendered = Rendered::made("spool: { enabled: true }");
    let mounted = Mounted::new();
    let run = run_id();
    let run = [run.clone(), format!("{run}.{{event}}")];
    let brokers = kafka::address();
    let env = github_to_kafka(&run, &brokers);
    let daemon = mounted.start(&rendered.config(), &env);
    assert_is_contained(&daemon);
    assert_carries_github(&daemon, &run[0]).await;
    let metrics = daemon.metrics().await;
    assert!(
        metrics.contains("process_resident_memory_bytes"),
        "it cannot look at itself"
    );

    mounted.replace_secret("another-secret-of-github");
    let client = daemon.client();
    until(
        "the new secret counts",
        std::time::Duration::from_secs(20),
        || async {
            let push = super::Delivery::push(format!("{}-2", run[0]));
            let reply = push
                .send(&client, "/webhooks/github", "another-secret-of-github")
                .await;
            reply.status == 200
        },
    )
    .await;
    ends_well(daemon);
}

/// What a pod of the chart has mounted beside its configuration.
pub(super) struct Mounted(Folder);

impl Mounted {
    pub(super) fn new() -> Self {
        let folder = Folder::new();
        for name in ["secrets", "spool"] {
            fs::create_dir(folder.path().join(name)).unwrap();
        }
        folder.write("secrets/github-webhook-secret", SECRET);
        Self(folder)
    }

    pub(super) fn add_secret(&self, name: &str, secret: &str) {
        self.0.write(&format!("secrets/{name}"), secret);
    }

    /// As the kubelet does: all or nothing, by a rename.
    fn replace_secret(&self, secret: &str) {
        let new = self.0.write("new", secret);
        output_of(Command::new("chown").args(["0:65532", &new]), vec![]);
        output_of(Command::new("chmod").args(["440", &new]), vec![]);
        fs::rename(new, self.0.path().join("secrets/github-webhook-secret")).unwrap();
    }

    pub(super) fn start(&self, config: &str, env: &[(&str, &str)]) -> Daemon {
        let starter = project_file("tests/deploy/container.sh")
            .display()
            .to_string();
        let folder = self.0.path().display().to_string();
        let mut env = env.to_vec();
        env.push(("MOUNTED", &folder));
        Daemon::attempt_by(&[starter], config, &env)
            .unwrap_or_else(|ended| panic!("it did not start: {}\n{}", ended.status, ended.output))
    }
}

/// YAML whose mappings are equal in any order.
fn plain(yaml: &Yaml) -> serde_json::Value {
    use serde_json::Value;
    match yaml {
        Yaml::Hash(all) => Value::Object(
            all.iter()
                .map(|(key, value)| (string(key), plain(value)))
                .collect(),
        ),
        Yaml::Array(all) => Value::Array(all.iter().map(plain).collect()),
        other => Value::String(format!("{other:?}")),
    }
}

pub(super) fn assert_is_contained(daemon: &Daemon) {
    let read = |name: &str| fs::read_to_string(format!("/proc/{}/{name}", daemon.id())).unwrap();
    let status = read("status");
    for line in [
        "Uid:\t65532\t65532\t65532\t65532",
        "Gid:\t65532\t65532\t65532\t65532",
        "CapEff:\t0000000000000000",
        "CapPrm:\t0000000000000000",
        "CapInh:\t0000000000000000",
        "CapAmb:\t0000000000000000",
        "Groups:\t65532 \n",
        "NoNewPrivs:\t1",
    ] {
        assert!(status.contains(line), "{line}\n{status}");
    }
    let mounts = read("mountinfo");
    let root = mounts
        .lines()
        .find(|line| line.split(' ').nth(4) == Some("/"));
    let options = root
        .and_then(|line| line.split(' ').nth(5))
        .unwrap_or_default();
    assert!(options.split(',').any(|it| it == "ro"), "{mounts}");
    // Nothing else is there to write to: the kernel's own /proc, where it owns nothing, and the spool when there is one.
    for line in mounts.lines() {
        let fields: Vec<_> = line.split(' ').collect();
        let read_only = fields[5].split(',').any(|it| it == "ro");
        let own = ["/proc", "/var/lib/hookferry"].contains(&fields[4]);
        assert!(
            read_only || own || fields[4].starts_with("/proc/"),
            "{line}"
        );
    }
}

/// A value of the chart: its path, its default, and what the comment above it says.
struct Value {
    path: String,
    default: String,
    says: String,
}

/// The values of values.yaml in its order. Whatever has a comment and no key with a comment below it is one.
fn values() -> Vec<Value> {
    let written = text("deploy/helm/hookferry/values.yaml");
    let tree = YamlLoader::load_from_str(&written).unwrap().remove(0);
    let (mut values, mut path, mut comment) = (
        Vec::<Value>::new(),
        Vec::<(usize, String)>::new(),
        Vec::new(),
    );
    for line in written.lines() {
        let indent = line.len() - line.trim_start().len();
        let line = line.trim_start();
        if let Some(words) = line.strip_prefix('#') {
            comment.push(words.trim().to_owned());
        } else if let Some((key, _)) = line.split_once(':').filter(|_| !line.starts_with('-')) {
            path.retain(|(of, _)| *of < indent);
            path.push((indent, key.trim_matches('"').to_owned()));
            let keys: Vec<_> = path.iter().map(|(_, key)| key.as_str()).collect();
            if !comment.is_empty() {
                let value = keys.iter().fold(&tree, |yaml, key| &yaml[*key]);
                values.push(Value {
                    path: keys.join("."),
                    default: shown(value),
                    says: std::mem::take(&mut comment).join(" "),
                });
            }
        } else if line.is_empty() {
            comment.clear();
        }
    }
    values
}

/// A default as a table's cell.
fn shown(yaml: &Yaml) -> String {
    fn flow(yaml: &Yaml) -> String {
        match yaml {
            Yaml::String(text) if text.is_empty() => "\"\"".to_owned(),
            Yaml::String(text) => text.clone(),
            Yaml::Integer(number) => number.to_string(),
            Yaml::Boolean(value) => value.to_string(),
            Yaml::Array(all) => {
                format!("[{}]", all.iter().map(flow).collect::<Vec<_>>().join(", "))
            }
            Yaml::Hash(all) => {
                let all = all
                    .iter()
                    .map(|(key, value)| format!("{}: {}", string(key), flow(value)));
                format!("{{{}}}", all.collect::<Vec<_>>().join(", "))
            }
            other => panic!("{other:?}"),
        }
    }
    format!("`{}`", flow(yaml))
}

/// The table of README.md is values.yaml: `HOOKFERRY_TEST_WRITE=1 cargo test --test deploy readme` writes it.
#[test]
fn the_chart_s_readme_has_every_value() {
    const HEAD: &str = "## Values\n\n";
    let values = values();
    // Every key of the tree has a comment, its own or those of all below it.
    let tree = YamlLoader::load_from_str(&text("deploy/helm/hookferry/values.yaml"))
        .unwrap()
        .remove(0);
    assert_commented(&tree, "", &values);
    let schema: serde_json::Value =
        serde_json::from_str(&text("deploy/helm/hookferry/values.schema.json")).unwrap();
    for value in &values {
        let mut at = &schema;
        for key in value.path.split('.') {
            // Below `config` the daemon knows the keys.
            at = at["properties"]
                .get(key)
                .unwrap_or(&serde_json::Value::Null);
            assert!(
                !at.is_null() || value.path.starts_with("config."),
                "{} is not in the schema",
                value.path
            );
        }
    }
    let mut table = String::from("| value | default | what it is |\n|---|---|---|\n");
    for value in &values {
        let is_parent = values
            .iter()
            .any(|other| other.path.starts_with(&format!("{}.", value.path)));
        let default = if is_parent { "" } else { &value.default };
        table.push_str(&format!(
            "| `{}` | {default} | {} |\n",
            value.path,
            value.says.replace('|', "\\|")
        ));
    }
    let readme = text("deploy/helm/hookferry/README.md");
    let (before, after) = readme.split_once(HEAD).unwrap();
    if std::env::var_os("HOOKFERRY_TEST_WRITE").is_some() {
        fs::write(
            project_file("deploy/helm/hookferry/README.md"),
            format!("{before}{HEAD}{table}"),
        )
        .unwrap();
    } else {
        assert!(
            after == table,
            "README.md is not what values.yaml says: HOOKFERRY_TEST_WRITE=1 writes it"
        );
    }
    let example = text("deploy/helm/hookferry/ci/default-values.yaml");
    assert!(
        before.contains(example.split_once('\n').unwrap().1),
        "the example is not {DEFAULT}"
    );
}

fn assert_commented(yaml: &Yaml, path: &str, values: &[Value]) {
    if values.iter().any(|value| value.path == path) {
        return;
    }
    let below = yaml.as_hash().filter(|all| !all.is_empty());
    let below = below.unwrap_or_else(|| panic!("{path} has no comment in values.yaml"));
    for (key, value) in below {
        let path = format!("{path}.{}", string(key));
        assert_commented(value, path.trim_start_matches('.'), values);
    }
}
