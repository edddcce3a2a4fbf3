//! The servers that are set side by side, and how each is started.

use std::path::PathBuf;
use std::process::Command;

use crate::brokers::{Brokers, Place};
use crate::message::{self, Scheme};
use crate::options::Options;
use crate::process::on_cores;
use crate::{reference, registries};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Broker {
    None,
    Kafka,
    RabbitMq,
    /// Not known: a server that is not ours.
    Either,
}

#[derive(Clone, Debug)]
pub enum Program {
    /// This program again.
    Reference(&'static str),
    Daemon {
        program: PathBuf,
        /// More keys of its sink.
        sink: String,
    },
    Express(&'static str),
    FastApi(&'static str),
    Other {
        command: String,
        /// `{port}` stands for the port that it is given.
        url: String,
        scheme: Scheme,
    },
}

#[derive(Clone, Debug)]
pub struct Server {
    pub name: String,
    pub broker: Broker,
    pub program: Program,
}

impl Server {
    fn new(name: &str, broker: Broker, program: Program) -> Self {
        let name = name.to_owned();
        Self {
            name,
            broker,
            program,
        }
    }

    pub fn daemon(name: &str, broker: Broker, options: &Options, sink: &str) -> Self {
        let built = || PathBuf::from(env!("CARGO_BIN_EXE_hookferry"));
        let program = Program::Daemon {
            program: options.daemon.clone().unwrap_or_else(built),
            sink: sink.to_owned(),
        };
        Self::new(name, broker, program)
    }

    /// All that there are.
    pub fn all(options: &Options) -> Vec<Self> {
        use Program::{Express, FastApi, Reference};
        let mut servers = vec![
            Self::new("bare", Broker::None, Reference("bare")),
            Self::new("bare-hmac", Broker::None, Reference("hmac")),
        ];
        for (word, broker) in [("kafka", Broker::Kafka), ("rabbitmq", Broker::RabbitMq)] {
            let name = |what: &str| format!("{word}-{what}");
            servers.push(Self::new(&name("baseline"), broker, Reference(word)));
            let daemon = Self::daemon(&name("daemon"), broker, options, &options.sink);
            servers.push(daemon);
            for pair in options.beside.chunks_exact(2) {
                let program = Program::Daemon {
                    program: PathBuf::from(&pair[1]),
                    sink: options.sink.clone(),
                };
                servers.push(Self::new(&name(&pair[0]), broker, program));
            }
            servers.push(Self::new(&name("express"), broker, Express(word)));
            servers.push(Self::new(&name("fastapi"), broker, FastApi(word)));
        }
        for three in options.other.chunks_exact(3) {
            let program = Program::Other {
                command: three[1].clone(),
                url: three[2].clone(),
                scheme: options.other_signature,
            };
            servers.push(Self::new(&three[0], Broker::Either, program));
        }
        servers
    }

    /// What the ratios are to.
    pub fn baseline(&self) -> &'static str {
        match self.broker {
            Broker::RabbitMq => "rabbitmq-baseline",
            Broker::None | Broker::Kafka | Broker::Either => "kafka-baseline",
        }
    }

    /// Neither what does not publish, nor what is there to show what most teams have.
    pub fn is_a_rival(&self) -> bool {
        let most_have = matches!(self.program, Program::Express(_) | Program::FastApi(_));
        self.broker != Broker::None && !most_have
    }

    pub fn scheme(&self) -> Scheme {
        match &self.program {
            Program::Other { scheme, .. } => *scheme,
            _ => Scheme::Github,
        }
    }

    /// Host, port and path, as its URL says.
    pub fn target(&self, port: u16) -> Result<(String, String), String> {
        let Program::Other { url, .. } = &self.program else {
            return Ok((format!("127.0.0.1:{port}"), "/github".to_owned()));
        };
        let url = url.replace("{port}", &port.to_string());
        let rest = url.strip_prefix("http://");
        let rest = rest.ok_or_else(|| format!("{url} does not begin with http://"))?;
        let (address, path) = rest.split_once('/').unwrap_or((rest, ""));
        Ok((address.to_owned(), format!("/{path}")))
    }

    /// Where it writes, when it is given this name.
    pub fn place(&self, name: &str) -> Place {
        let topics = match self.program {
            Program::Daemon { .. } => vec![
                format!("{name}.github.pull_request.opened"),
                name.to_owned(),
                format!("{name}.dead-letter"),
            ],
            _ => vec![name.to_owned()],
        };
        match self.broker {
            Broker::None => Place::Nowhere,
            Broker::Kafka => Place::Kafka(topics),
            Broker::RabbitMq => Place::RabbitMq(name.to_owned()),
            Broker::Either => Place::Either(topics, name.to_owned()),
        }
    }

    /// The command that starts it, told everything by its environment.
    pub fn command(
        &self,
        options: &Options,
        brokers: &Brokers,
        cores: &str,
        port: u16,
        name: &str,
        folder: &std::path::Path,
    ) -> Result<Command, String> {
        let mut command = match &self.program {
            Program::Reference(which) => {
                let this = std::env::current_exe().map_err(|error| error.to_string())?;
                let mut command = on_cores(cores, this);
                command.args([reference::ARGUMENT, which]);
                command
            }
            Program::Daemon { program, sink } => {
                let config = folder.join("config.yaml");
                let text = self.config(options, brokers, port, name, sink);
                std::fs::write(&config, text).map_err(|error| error.to_string())?;
                let mut command = on_cores(cores, program);
                command.args(["serve", "-c"]).arg(config);
                command
            }
            Program::Express(which) => {
                let home = registries::express()?;
                let mut command = on_cores(cores, "node");
                command.arg(home.join(format!("{which}.js")));
                // As it is run in production; Express does less for every request then.
                command.env("NODE_ENV", "production");
                command
            }
            Program::FastApi(which) => {
                let home = registries::fastapi()?;
                let mut command = on_cores(cores, home.join("bin/python"));
                command.arg(home.join(format!("{which}.py")));
                command
            }
            Program::Other { command: line, .. } => {
                let mut command = on_cores(cores, "sh");
                command.args(["-c", line]);
                command
            }
        };
        command
            .env("HOOKFERRY_BENCH_PORT", port.to_string())
            .env("HOOKFERRY_BENCH_SECRET", message::secret(self.scheme()))
            .env("HOOKFERRY_BENCH_KAFKA", &brokers.kafka)
            .env("HOOKFERRY_BENCH_RABBITMQ", &brokers.rabbitmq)
            .env("HOOKFERRY_BENCH_NAME", name);
        Ok(command)
    }

    /// As production would have it: everything that is not named is as by default.
    fn config(
        &self,
        options: &Options,
        brokers: &Brokers,
        port: u16,
        name: &str,
        sink: &str,
    ) -> String {
        let comma = if sink.is_empty() { "" } else { ", " };
        let sink = match self.broker {
            Broker::RabbitMq => format!(
                "type: rabbitmq, url: {{ env: HOOKFERRY_BENCH_RABBITMQ }}, exchange: {name}, \
                 routing_key: \"{{event}}\"{comma}{sink}"
            ),
            Broker::None | Broker::Kafka | Broker::Either => format!(
                "type: kafka, brokers: \"{}\", topic: \"{name}.{{source}}.{{event}}\", default_topic: {name}, \
                 dead_letter_topic: {name}.dead-letter{comma}{sink}",
                brokers.kafka
            ),
        };
        format!(
            "listen: 127.0.0.1:{port}\nadmin: {{ listen: 127.0.0.1:0 }}\nlog: {{ format: json }}\n{}\n\
             sinks:\n  broker: {{ {sink} }}\n\
             sources:\n  github: {{ provider: github, path: /github, secrets: [{{ env: HOOKFERRY_BENCH_SECRET }}] }}\n",
            options.config
        )
    }
}
