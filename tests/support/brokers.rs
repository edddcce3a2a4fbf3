//! Brokers of a test's own, which it may kill. They are ended with it.

use std::process::Command;
use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};

use super::{Folder, output_of, project_file};

/// Private brokers are heavy, and their measurements disturb each other: one at a time.
static MEASURED: Semaphore = Semaphore::const_new(1);
/// Beside it one of those whose tests put no load on them and measure nothing: they wait, for a minute and more.
static WATCHED: Semaphore = Semaphore::const_new(1);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    Kafka,
    Rabbitmq,
}

impl Which {
    const fn word(self) -> &'static str {
        match self {
            Self::Kafka => "kafka",
            Self::Rabbitmq => "rabbitmq",
        }
    }
}

/// A private broker.
pub struct Private {
    which: Which,
    folder: Folder,
    _place: Option<SemaphorePermit<'static>>,
}

impl Private {
    /// Starts one and returns when it answers.
    pub async fn start(which: Which) -> Self {
        let private = Self::new(which).await;
        private.start_again();
        private
    }

    /// One of each.
    pub async fn both() -> [Self; 2] {
        let first = Self::start(Which::Kafka).await;
        let second = Self {
            which: Which::Rabbitmq,
            folder: Folder::new(),
            _place: None,
        };
        second.start_again();
        [first, second]
    }

    /// Starts one that listens with TLS too, where it wants a client's certificate, and Kafka a
    /// user.
    pub async fn secure(which: Which) -> Self {
        let private = Self::new(which).await;
        private.command(&["secure"]);
        private.start_again();
        private
    }

    /// Starts a RabbitMQ with its management API, by TLS too.
    pub async fn managed() -> Self {
        let private = Self::among(&WATCHED, Which::Rabbitmq).await;
        private.command(&["secure"]);
        private.command(&["management"]);
        private.start_again();
        private
    }

    /// Starts Kafka with these properties, each `NAME=VALUE`.
    pub async fn kafka_with(properties: &[&str]) -> Self {
        let private = Self::new(Which::Kafka).await;
        for property in properties {
            private.command(&["set", property]);
        }
        private.start_again();
        private
    }

    /// The URL of the management API, without user and password.
    pub fn management(&self) -> String {
        self.said("HOOKFERRY_TEST_RABBITMQ_MANAGEMENT")
    }

    /// The same by TLS.
    pub fn secure_management(&self) -> String {
        self.said("HOOKFERRY_TEST_RABBITMQ_MANAGEMENT_SECURE")
    }

    /// Its `rabbitmqctl`.
    pub fn ctl_path(&self) -> String {
        self.said("HOOKFERRY_TEST_RABBITMQCTL")
    }

    /// What `rabbitmqctl` says.
    pub fn ctl(&self, arguments: &[&str]) -> String {
        let mut command = Command::new(self.ctl_path());
        let said = output_of(command.args(arguments), vec![]);
        String::from_utf8_lossy(&said).into_owned()
    }

    /// Starts a Kafka that listens for users too, who may do what [`Private::allow`] says.
    pub async fn guarded() -> Self {
        let private = Self::new(Which::Kafka).await;
        private.command(&["guard"]);
        private.command(&["set", "auto.create.topics.enable=false"]);
        private.start_again();
        private
    }

    /// Starts three Kafka nodes, `kafka1` to `kafka3`.
    pub async fn cluster() -> Self {
        let private = Self::new(Which::Kafka).await;
        private.command(&["start-cluster"]);
        private
    }

    /// Where users come in to [`Private::guarded`].
    pub fn guarded_address(&self) -> String {
        self.said("HOOKFERRY_TEST_KAFKA_GUARDED")
    }

    /// Allows a user an operation on a topic, both by Kafka's names for them.
    pub fn allow(&self, user: &str, operation: &str, topic: &str) {
        let principal = format!("User:{user}");
        let arguments = ["--add", "--allow-principal", &principal];
        let what = ["--operation", operation, "--topic", topic];
        self.tool("AclCommand", &[arguments.as_slice(), &what].concat());
    }

    /// What one of Kafka's own tools says.
    pub fn tool(&self, class: &str, arguments: &[&str]) -> String {
        let mut command = Command::new(project_file("tests/brokers"));
        command.args(["kafka-tool", class]).arg(self.folder.path());
        let said = output_of(command.args(arguments), vec![]);
        String::from_utf8_lossy(&said).into_owned()
    }

    /// SIGKILL to a node of [`Private::cluster`].
    pub fn kill_node(&self, node: &str) {
        self.command(&["kill", node]);
    }

    /// Starts it again and returns when it answers.
    pub fn start_node(&self, node: &str) {
        self.command(&["start-node", node]);
    }

    /// A folder for one, when there is a place for it.
    async fn new(which: Which) -> Self {
        Self::among(&MEASURED, which).await
    }

    async fn among(places: &'static Semaphore, which: Which) -> Self {
        let place = places.acquire().await;
        Self {
            which,
            folder: Folder::new(),
            _place: Some(place.expect("nobody closes it")),
        }
    }

    /// Kafka's `host:port`, or RabbitMQ's URL.
    pub fn address(&self) -> String {
        self.said(match self.which {
            Which::Kafka => "HOOKFERRY_TEST_KAFKA",
            Which::Rabbitmq => "HOOKFERRY_TEST_RABBITMQ",
        })
    }

    /// The same for its listener with TLS.
    pub fn secure_address(&self) -> String {
        self.said(match self.which {
            Which::Kafka => "HOOKFERRY_TEST_KAFKA_SECURE",
            Which::Rabbitmq => "HOOKFERRY_TEST_RABBITMQ_SECURE",
        })
    }

    /// A PEM file that [`Private::secure`] made.
    pub fn tls_file(&self, name: &str) -> String {
        let path = self.folder.path().join("tls").join(name);
        path.display().to_string()
    }

    /// What tests/brokers says in the folder's file env.
    fn said(&self, name: &str) -> String {
        let env = std::fs::read_to_string(self.folder.path().join("env")).expect("it has started");
        let export = format!("export {name}=");
        let value = env.lines().find_map(|line| line.strip_prefix(&export));
        let value = value.expect("tests/brokers says where it is");
        value.trim_matches(['\'', '"']).to_owned()
    }

    /// SIGKILL; the data stays.
    pub fn kill(&self) {
        self.command(&["kill", self.which.word()]);
    }

    /// Starts it again after [`Private::kill`], with its data and at its address.
    pub fn start_again(&self) {
        self.command(&[&format!("start-{}", self.which.word())]);
    }

    /// SIGSTOP: its connections stay open, and nothing is answered.
    pub fn pause(&self) {
        self.command(&["pause", self.which.word()]);
    }

    pub fn resume(&self) {
        self.command(&["resume", self.which.word()]);
    }

    /// SIGTERM, and waits until it has ended as brokers do that are asked to.
    pub fn terminate(&self) {
        let file = format!("{0}/{0}.process", self.which.word());
        let process = std::fs::read_to_string(self.folder.path().join(file));
        let process = process.expect("it runs");
        let leader = process.split(' ').next().expect("its id");
        let mut kill = Command::new("kill");
        output_of(
            kill.args(["-s", "TERM", "--", &format!("-{leader}")]),
            vec![],
        );
        let stat = format!("/proc/{leader}/stat");
        let began = std::time::Instant::now();
        while std::fs::read_to_string(&stat).is_ok_and(|stat| !stat.contains(") Z ")) {
            assert!(began.elapsed() < Duration::from_secs(60), "it does not end");
            std::thread::sleep(Duration::from_millis(20));
        }
        // Its group may have others, such as a watcher of memory.
        self.kill();
    }

    /// rabbitmqctl for this node.
    pub fn rabbitmqctl(&self, arguments: &[&str]) {
        let mut command = Command::new(self.said("HOOKFERRY_TEST_RABBITMQCTL"));
        output_of(command.args(arguments), vec![]);
    }

    /// What was declared outlives a SIGKILL from now on: RabbitMQ keeps definitions by Mnesia, which writes its log when it
    /// gets to it.
    pub fn keeps_definitions(&self) {
        self.rabbitmqctl(&["eval", "mnesia:sync_log()."]);
    }

    /// One of Kafka's own tools, by its class.
    pub fn kafka_tool(&self, class: &str, arguments: &[&str]) {
        let libs = format!("{}/*", super::variable("HOOKFERRY_TEST_KAFKA_LIBS"));
        let mut command = Command::new("java");
        command.args(["-Xmx128m", "-XX:TieredStopAtLevel=1", "-cp", &libs, class]);
        command.args(["--bootstrap-server", &self.address()]);
        output_of(command.args(arguments), vec![]);
    }

    /// Kafka asks for rights from now on: who has none taken away may do everything. RabbitMQ always
    /// does.
    pub fn guard(&self) {
        if self.which == Which::Rabbitmq {
            return;
        }
        self.kill();
        let path = self.folder.path().join("kafka/server.properties");
        let properties = std::fs::read_to_string(&path).expect("it is configured");
        let guard = "authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer\n\
                     allow.everyone.if.no.acl.found=true\n";
        std::fs::write(&path, properties + guard).expect("it can be configured");
        self.start_again();
    }

    /// Asks until the broker's own protocol is spoken at its address, every few milliseconds, on a
    /// thread of its own; the moment it is.
    pub fn answers_again(&self) -> std::thread::JoinHandle<std::time::Instant> {
        let (which, address) = (self.which, self.address());
        std::thread::spawn(move || {
            loop {
                let answers = match which {
                    Which::Kafka => super::kafka::answers(&address),
                    Which::Rabbitmq => {
                        super::rabbitmq::answers(&super::rabbitmq::host_of(&address))
                    }
                };
                if answers {
                    return std::time::Instant::now();
                }
                std::thread::sleep(Duration::from_millis(5));
            }
        })
    }

    fn command(&self, arguments: &[&str]) {
        let mut command = Command::new(project_file("tests/brokers"));
        output_of(command.args(arguments).arg(self.folder.path()), vec![]);
    }
}

impl Drop for Private {
    fn drop(&mut self) {
        if std::thread::panicking() && self.which == Which::Kafka {
            for node in ["kafka", "kafka1", "kafka2", "kafka3"] {
                let log = self.folder.path().join(format!("{node}/{node}.log"));
                let Ok(log) = std::fs::read_to_string(log) else {
                    continue;
                };
                let lines: Vec<_> = log.lines().collect();
                let end = &lines[lines.len().saturating_sub(40)..];
                eprintln!("the end of {node}'s log:\n{}", end.join("\n"));
            }
        }
        let mut command = Command::new(project_file("tests/brokers"));
        let _ = command.arg("stop").arg(self.folder.path()).status();
    }
}
