//! What else is shipped, by the tools that know it: kustomizations, the compose file, the Dockerfile, the unit, the Debian package's
//! metadata and the workflows.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use yaml_rust2::{Yaml, YamlLoader};

use super::chart::{Mounted, assert_is_contained, kubeconform, tool};
use super::support::daemon::Daemon;
use super::support::{Folder, output_of, project_file, rabbitmq, run, run_id};
use super::{SECRET, SERVE, ends_well, items, kafka, laid_over, string, text, unit};

#[test]
fn kustomize_makes_what_kubernetes_takes() {
    for (folder, makes) in [
        ("base", "ConfigMap Deployment PodDisruptionBudget Service"),
        ("spool", "ConfigMap PodDisruptionBudget Service StatefulSet"),
        ("sidecar", "ConfigMap Deployment"),
        (
            "production",
            "ConfigMap Deployment NetworkPolicy PodDisruptionBudget PodMonitor Service",
        ),
    ] {
        let mut build = tool("kustomize");
        build
            .arg("build")
            .arg(project_file(&format!("deploy/kubernetes/{folder}")));
        let made = String::from_utf8(output_of(&mut build, vec![])).unwrap();
        for version in super::chart::KUBERNETES {
            kubeconform(version, &made)
                .unwrap_or_else(|faults| panic!("{folder}, {version}: {faults}"));
        }
        let documents = YamlLoader::load_from_str(&made).unwrap();
        let kinds: BTreeSet<_> = documents.iter().map(|it| string(&it["kind"])).collect();
        assert_eq!(
            kinds.into_iter().collect::<Vec<_>>().join(" "),
            makes,
            "{folder}"
        );
        if folder != "production" {
            continue;
        }
        // The overlay reaches what it says.
        for document in &documents {
            assert_eq!(document["metadata"]["namespace"].as_str(), Some("webhooks"));
        }
        let find = |kind: &str| {
            documents
                .iter()
                .find(|it| it["kind"].as_str() == Some(kind))
                .unwrap()
        };
        let deployment = &find("Deployment")["spec"];
        assert_eq!(deployment["replicas"].as_i64(), Some(3));
        let container = &deployment["template"]["spec"]["containers"][0];
        assert_eq!(
            string(&container["image"]),
            "registry.example.com/hookferry:0.1.0"
        );
        let map = find("ConfigMap");
        assert_eq!(
            map["metadata"]["name"].as_str(),
            Some("hookferry"),
            "the pods would be replaced by each change"
        );
        let config = string(&map["data"]["config.yaml"]);
        assert_eq!(config, text("deploy/kubernetes/production/config.yaml"));
        let folder = Folder::new();
        let mut check = Command::new(env!("CARGO_BIN_EXE_hookferry"));
        check.args(["check", "-c", &folder.write("config.yaml", config)]);
        output_of(check.env("GITHUB_WEBHOOK_SECRET", SECRET), vec![]);
    }
}

#[test]
fn the_compose_file_is_what_compose_takes() {
    let load = |text: &str| {
        let folder = Folder::new();
        let path = folder.write("compose.yaml", text);
        run(
            tool("compose")
                .arg(path)
                .current_dir(project_file("deploy")),
            vec![],
        )
    };
    let shipped = text("deploy/compose.yaml");
    let loaded = load(&shipped);
    assert!(
        loaded.status.success(),
        "{}",
        String::from_utf8_lossy(&loaded.stderr)
    );
    for (right, wrong) in [
        ("read_only: true", "readonly: true"),
        ("condition: service_healthy", "condition: service_well"),
        ("cap_drop: [ALL]", "cap_drop: ALL"),
    ] {
        assert!(shipped.contains(right));
        assert!(
            !load(&shipped.replace(right, wrong)).status.success(),
            "{wrong}"
        );
    }

    let compose = YamlLoader::load_from_str(&shipped).unwrap().remove(0);
    let service = &compose["services"]["hookferry"];
    let command: Vec<_> = items(&service["command"]).iter().map(string).collect();
    assert_eq!(command, SERVE);
    // Nothing is offered to the network, and every secret is a file that git does not see.
    for (name, service) in compose["services"].as_hash().unwrap() {
        for port in items(&service["ports"]) {
            assert!(string(port).starts_with("127.0.0.1:"), "{name:?}: {port:?}");
        }
        // The loader looks at the form; what is named has to be there, too.
        let named = |what: &str, of: &Yaml| {
            let name = of
                .as_str()
                .map_or_else(|| string(&of["source"]), str::to_owned);
            let name = name.split(':').next().unwrap_or_default();
            let found = compose[what]
                .as_hash()
                .unwrap()
                .keys()
                .any(|key| key.as_str() == Some(name));
            assert!(found, "{what}: {name}");
        };
        for what in ["configs", "secrets", "volumes"] {
            items(&service[what]).iter().for_each(|of| named(what, of));
        }
        let after = service["depends_on"].as_hash().into_iter().flatten();
        after.for_each(|(of, _)| named("services", of));
    }
    for (name, secret) in compose["secrets"].as_hash().unwrap() {
        let file = string(&secret["file"]);
        assert!(file.starts_with("compose/secrets/"), "{name:?}");
    }
    let mut ignored = Command::new("git");
    ignored.args(["check-ignore", "-q", "deploy/compose/secrets/rabbitmq-url"]);
    assert!(
        ignored
            .current_dir(project_file("."))
            .status()
            .unwrap()
            .success()
    );
    for (name, config) in compose["configs"].as_hash().unwrap() {
        let file = format!("deploy/{}", string(&config["file"]));
        assert!(project_file(&file).exists(), "{name:?}: {file}");
    }

    // The script makes every file that is mounted, and leaves alone what is there.
    let folder = Folder::new();
    let script = folder.path().join("secrets.sh");
    fs::copy(project_file("deploy/compose/secrets.sh"), &script).unwrap();
    let mut contents = Vec::new();
    for _ in 0..2 {
        output_of(&mut Command::new(&script), vec![]);
        let made = compose["secrets"]
            .as_hash()
            .unwrap()
            .values()
            .map(|secret| {
                let file = string(&secret["file"]);
                fs::read_to_string(folder.path().join(file.strip_prefix("compose/").unwrap()))
                    .unwrap()
            });
        contents.push(made.collect::<Vec<_>>());
    }
    assert_eq!(contents[0], contents[1]);
    let password = contents[0]
        .iter()
        .find_map(|it| it.split("default_pass = ").nth(1));
    let url = contents[0]
        .iter()
        .find(|it| it.starts_with("amqp://"))
        .unwrap();
    assert!(
        url.contains(password.unwrap().trim()),
        "another password than the broker's"
    );
}

/// What compose starts, in a container's view, between both brokers: one webhook reaches each.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_compose_starts_carries_a_webhook_to_both_brokers() {
    let (url, run) = (rabbitmq::url(), run_id());
    rabbitmq::declare(&url, &run, &run, "#");
    let mounted = Mounted::new();
    mounted.add_secret("rabbitmq-url", &url);
    // Docker's secrets are one folder up from where the chart has its own.
    let config =
        text("deploy/compose/config.yaml").replace("/run/secrets/", "/run/secrets/hookferry/");
    let brokers = kafka::address();
    let topic = format!("{run}.{{event}}");
    let env = laid_over(&[
        ("HOOKFERRY__SINKS__KAFKA__BROKERS", &brokers),
        ("HOOKFERRY__SINKS__KAFKA__TOPIC", &topic),
        ("HOOKFERRY__SINKS__KAFKA__DEFAULT_TOPIC", &run),
        ("HOOKFERRY__SINKS__RABBIT__EXCHANGE", &run),
        ("HOOKFERRY__SANDBOX", "landlock"),
        // What the test reads the addresses from.
        ("HOOKFERRY__LOG__FORMAT", "json"),
    ]);
    let daemon: Daemon = mounted.start(&config, &env);
    assert_is_contained(&daemon);
    super::assert_carries_github(&daemon, &run).await;
    daemon.drained("rabbit").await;
    let messages = rabbitmq::read_all(&url, &run).await;
    let ids: BTreeSet<_> = messages
        .iter()
        .map(|it| it.json()["id"].to_string())
        .collect();
    assert_eq!(ids.len(), 1, "{messages:?}");
    ends_well(daemon);
    rabbitmq::delete(&url, &run, &run);
}

#[test]
fn the_dockerfile_and_the_workflows_are_linted() {
    let mut hadolint = tool("hadolint");
    hadolint.args(["--no-color", "--failure-threshold", "info"]);
    output_of(hadolint.arg(project_file("deploy/Dockerfile")), vec![]);
    output_of(tool("actionlint").current_dir(project_file(".")), vec![]);
    for file in ["ci", "fuzz", "release"] {
        let written = text(&format!(".github/workflows/{file}.yaml"));
        let workflow = YamlLoader::load_from_str(&written).unwrap().remove(0);
        // Where a job says nothing else, it may read.
        let permissions = workflow["permissions"].as_hash().unwrap();
        assert_eq!(permissions.len(), 1, "{file}");
        assert_eq!(
            workflow["permissions"]["contents"].as_str(),
            Some("read"),
            "{file}"
        );
        for (name, job) in workflow["jobs"].as_hash().unwrap() {
            assert!(
                job["timeout-minutes"].as_i64().is_some(),
                "{file}: {name:?} may run for ever"
            );
            for step in items(&job["steps"]) {
                let Some(uses) = step["uses"].as_str() else {
                    continue;
                };
                // A tag can be moved to other code; a commit cannot.
                let (_, commit) = uses.split_once('@').unwrap_or_else(|| panic!("{uses}"));
                assert!(
                    commit.len() == 40 && commit.bytes().all(|byte| byte.is_ascii_hexdigit()),
                    "{uses}"
                );
                if uses.starts_with("actions/checkout@") {
                    assert_eq!(
                        step["with"]["persist-credentials"].as_bool(),
                        Some(false),
                        "{file}: {name:?}"
                    );
                }
            }
        }
        // What strangers choose never becomes a part of a script.
        for line in written
            .lines()
            .filter(|line| line.trim_start().starts_with("run:") || line.contains("- run:"))
        {
            assert!(!line.contains("${{"), "{file}: {line}");
        }
    }
}

/// How far systemd shields the machine from the daemon: 0 is all that it knows of, 10 nothing.
#[test]
fn the_unit_is_hardened() {
    const BOUND: f64 = 1.5;
    let folder = Folder::new();
    let exposure = |unit: &str| {
        let path = folder.write(
            "hookferry.service",
            unit.replace("/usr/local/bin/hookferry", "/bin/true"),
        );
        let mut command = Command::new("systemd-analyze");
        command.args(["security", "--offline=true", "--no-pager", &path]);
        let said = String::from_utf8(output_of(&mut command, vec![])).unwrap();
        let level = said.split("exposure level for hookferry.service: ").nth(1);
        let number = level.and_then(|rest| rest.split(' ').next());
        number
            .and_then(|it| it.parse::<f64>().ok())
            .unwrap_or_else(|| panic!("{said}"))
    };
    let shipped = text("deploy/systemd/hookferry.service");
    let measured = exposure(&shipped);
    assert!(measured <= BOUND, "{measured}");
    // The measure sees what is taken away.
    let without = exposure(
        &shipped
            .replace("ProtectSystem=strict\n", "")
            .replace("PrivateUsers=yes\n", ""),
    );
    assert!(without > measured, "{without}");

    assert_eq!(unit("Type"), ["notify"]);
    assert_eq!(unit("ExecReload"), ["/bin/kill -HUP $MAINPID"]);
    let watchdog: u64 = unit("WatchdogSec")[0].parse().unwrap();
    assert!(watchdog >= 10, "a machine that stutters is no dead daemon");
    // By the default, SIGABRT, systemd would keep the memory, with secrets in it.
    assert_eq!(unit("WatchdogSignal"), ["SIGKILL"]);
}

/// A package that says what is not there does not get built: each file is there, or made by deploy/debian/build.
#[test]
fn the_debian_package_names_what_is_there() {
    let manifest = text("Cargo.toml");
    let section = manifest.split("\n[package.metadata.deb]\n").nth(1).unwrap();
    let section = section.split("\n[").next().unwrap();
    let assets: Vec<Vec<String>> = section
        .lines()
        .filter(|line| line.starts_with("    [\""))
        .map(|line| serde_json::from_str(line.trim().trim_end_matches(',')).unwrap())
        .collect();
    assert!(assets.len() > 10, "{assets:?}");
    let build = text("deploy/debian/build");
    let mut placed = BTreeSet::new();
    for asset in &assets {
        let [from, to, mode] = asset.as_slice() else {
            panic!("{asset:?}");
        };
        assert!(u32::from_str_radix(mode, 8).is_ok(), "{asset:?}");
        let place = from.split('*').next().unwrap();
        if let Some(made) = place.strip_prefix("target/debian/assets/") {
            let name = match made {
                "sbom.cdx.json" => "deploy/sbom \"$assets/sbom.cdx.json\"",
                made if made.starts_with("hookferry.") => "$assets/hookferry.$shell",
                _ => "$assets/man",
            };
            assert!(build.contains(name), "{from} is not made");
        } else if place != "target/release/hookferry" {
            assert!(project_file(place).exists(), "{from}");
        }
        placed.insert(format!("/{to}"));
    }
    for line in section
        .lines()
        .filter(|line| line.starts_with("conf-files"))
    {
        let files: Vec<String> = serde_json::from_str(line.split_once(" = ").unwrap().1).unwrap();
        for file in files {
            assert!(placed.contains(&file), "{file}");
        }
    }
    // The unit's program is the package's.
    let program = text("deploy/debian/program.conf");
    let start = program
        .lines()
        .filter_map(|line| line.strip_prefix("ExecStart="))
        .collect::<Vec<_>>();
    assert_eq!(
        start,
        [
            "",
            &unit("ExecStart")[0].replace("/usr/local/bin/", "/usr/bin/")
        ]
    );
    let user = text("deploy/debian/sysusers.conf");
    assert!(
        user.lines()
            .any(|line| line.starts_with(&format!("u {} ", unit("User")[0]))),
        "{user}"
    );
    // It installs nothing that holds a secret for all to read.
    let environment = assets
        .iter()
        .find(|asset| asset[1] == "etc/hookferry/environment")
        .unwrap();
    assert_eq!(environment[2], "600");
}
