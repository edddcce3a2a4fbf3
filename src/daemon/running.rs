//! What runs, and how it goes over to another configuration: whole, or not at all.
//!
//! A generation is what requests are let in, judged and routed by. The next one is made beside the one
//! that runs and takes its place by one pointer; a request ends under the one it began with. What
//! outlives generations is here: the sinks, what deduplication remembers, the metrics.

use std::sync::{Arc, Weak};

use super::carriers::Carriers;
use super::sources::{self, Common, Sources};
use super::tasks::{Task, Tasks};
use crate::accept::{Current, Generation};
use crate::admin::Health;
use crate::checks::Checks;
use crate::dedup::Dedup;
use crate::fetch;
use crate::inspect::Inspector;
use crate::learned::Learned;
use crate::metrics::{Metrics, Reload};
use crate::otlp::Export;
use crate::pipeline::Pipeline;
use crate::publish::Sink;
use crate::settings::{Faults, Fixed, Loaded, Settings, Shutdown};
use crate::tls::Listeners;

/// Why the configuration stays what it was.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refused {
    /// It changes what only a restart can.
    #[error("it needs a restart: {0}")]
    Fixed(Faults),
    /// Something of it cannot be made.
    #[error("{0}")]
    Unmade(String),
}

/// All that runs for the sake of requests.
#[derive(Debug)]
pub(crate) struct Running {
    pub(super) current: Arc<Current<Pipeline>>,
    pub(super) shutdown: Shutdown,
    pub(super) health: Arc<Health>,
    pub(super) tls: Listeners,
    common: Common,
    /// Of the current generation.
    sources: Sources,
    carriers: Carriers,
    fixed: Fixed,
    /// Generations that requests may still be under.
    past: Vec<Past>,
    checks: Arc<Checks>,
    /// Traces, where they go anywhere.
    export: Option<Export>,
    tasks: Tasks,
    background: Vec<Task>,
}

/// A generation that no request begins with any more.
#[derive(Debug)]
struct Past {
    generation: Weak<Generation<Pipeline>>,
    sinks: Vec<Arc<Sink>>,
    sources: Vec<String>,
}

impl Running {
    /// # Errors
    /// What cannot be made.
    pub(super) async fn start(
        mut settings: Settings,
        tasks: Tasks,
        inspector: Option<Arc<Inspector>>,
        checks: &Arc<Checks>,
    ) -> Result<Self, String> {
        let sinks: Vec<_> = settings.sinks.iter().map(|it| it.name.clone()).collect();
        let metrics = Metrics::new(&[], &sinks).map_err(|error| error.to_string())?;
        let metrics = Arc::new(metrics);
        for source in settings.sources.iter().filter(|source| source.unverified) {
            tracing::warn!(source = source.name, "this source verifies nothing");
        }
        let tls = Listeners::new(&metrics);
        tls.show(settings.tls.take(), settings.admin_tls.take());
        let health = Arc::new(Health::default());
        let (spool, health_too) = (settings.spool.clone(), Arc::clone(&health));
        let mut carriers = Carriers::new(spool, tasks.clone(), health_too, Arc::clone(&metrics))?;
        let prepared = carriers.prepare(&settings.sinks).await?;
        let dedup = Arc::new(Dedup::new(settings.dedup.clone(), &metrics)?);
        let mut background = Vec::new();
        if let Some(watch) = dedup.watch() {
            background.push(tasks.start("the look at Redis", watch));
        }
        let mut common = Common {
            metrics,
            learned: Arc::new(Learned::default()),
            dedup,
            fetcher: None,
            tracer: None,
            inspector,
        };
        let (fixed, shutdown) = (settings.fixed(), settings.shutdown.clone());
        let export = settings.tracing.take();
        let export = export.map(|options| Export::start(options, &common.metrics));
        let export = export.transpose()?;
        common.tracer = export.as_ref().map(Export::tracer);
        let made = sources::generation(settings, &prepared.all, &mut common, None);
        let (generation, sources) = made?;
        carriers.take(prepared);
        sources::show(&sources, &generation.carry);
        let mut running = Self {
            current: Arc::new(Current::new(generation)),
            shutdown,
            health,
            tls,
            common,
            sources,
            carriers,
            fixed,
            past: Vec::new(),
            checks: Arc::clone(checks),
            export,
            tasks,
            background,
        };
        running.fetch(false);
        Ok(running)
    }

    pub(super) fn metrics(&self) -> &Arc<Metrics> {
        &self.common.metrics
    }

    pub(super) fn learned(&self) -> &Arc<Learned> {
        &self.common.learned
    }

    /// Goes over to `loaded`.
    ///
    /// # Errors
    /// Why everything stays as it was.
    pub(crate) async fn renew(&mut self, loaded: Loaded) -> Result<(), Refused> {
        loaded.follows(&self.fixed).map_err(Refused::Fixed)?;
        let mut settings = loaded.settings;
        let (own, of_admin) = (settings.tls.take(), settings.admin_tls.take());
        let may_show = self.tls.may_show(own.as_ref(), of_admin.as_ref());
        may_show.map_err(Refused::Unmade)?;
        let prepared = self.carriers.prepare(&settings.sinks).await;
        let prepared = prepared.map_err(Refused::Unmade)?;
        let checks = self.checks.of(&settings);
        let (shutdown, had_fetcher) = (settings.shutdown.clone(), self.common.fetcher.is_some());
        let names: Vec<_> = settings.sources.iter().map(|it| it.name.clone()).collect();
        let current = self.current.get();
        let before = Some((&*current, &self.sources));
        let made = sources::generation(settings, &prepared.all, &mut self.common, before);
        let (generation, sources) = match made {
            Ok(made) => made,
            Err(error) => {
                self.carriers.discard(prepared).await;
                for name in names.iter().filter(|it| !self.sources.contains_key(*it)) {
                    self.common.metrics.forget_source(name);
                }
                return Err(Refused::Unmade(error));
            }
        };
        drop(current);
        self.carriers.meet(&prepared).await;
        let past = self.current.replace(generation);
        self.tls.show(own, of_admin);
        self.past.push(Past {
            generation: Arc::downgrade(&past),
            sinks: self.carriers.sinks(),
            sources: self.sources.keys().cloned().collect(),
        });
        drop(past);
        let new_sinks = self.carriers.take(prepared);
        self.sources = sources;
        self.shutdown = shutdown;
        self.checks.replace(checks);
        let current = self.current.get();
        sources::show(&self.sources, &current.carry);
        if let Some(onlooker) = &current.carry.onlooker {
            onlooker.takes_over();
        }
        self.fetch(had_fetcher);
        let (sources, sinks) = (self.sources.len(), self.carriers.sinks().len());
        tracing::info!(
            sources,
            sinks,
            new_sinks,
            "requests go by another configuration"
        );
        Ok(())
    }

    /// Notes what became of a configuration that was read anew.
    pub(crate) fn note(&self, result: Reload) {
        let metrics = &self.common.metrics.config;
        metrics.reloaded(result);
        let generation = metrics.generation();
        if result == Reload::Applied {
            tracing::info!(generation, "the configuration was read anew and counts");
        } else {
            tracing::error!(
                generation,
                "the configuration as it is now does not count: the old one stays"
            );
        }
    }

    /// Fetches keys, if that has become necessary.
    fn fetch(&mut self, already: bool) {
        if let (Some(fetcher), false) = (&self.common.fetcher, already) {
            let fetching = fetch::run(fetcher.clone(), Arc::clone(&self.common.metrics));
            let task = self.tasks.start("the fetching of keys", fetching);
            self.background.push(task);
        }
    }

    /// Lets go of what no request is under any more.
    pub(crate) async fn tidy(&mut self) {
        let past = std::mem::take(&mut self.past);
        let (needed, over): (Vec<_>, Vec<_>) = past
            .into_iter()
            .partition(|past| past.generation.strong_count() > 0);
        for source in over.iter().flat_map(|past| &past.sources) {
            let is_named = |past: &Past| past.sources.contains(source);
            if !self.sources.contains_key(source) && !needed.iter().any(is_named) {
                self.common.metrics.forget_source(source);
            }
        }
        self.past = needed;
        let past = &self.past;
        let is_needed = |sink: &Arc<Sink>| {
            let mut sinks = past.iter().flat_map(|past| &past.sinks);
            sinks.any(|needed| Arc::ptr_eq(needed, sink))
        };
        self.carriers.tidy(is_needed).await;
    }

    /// The end: by now every request has its answer.
    pub(super) async fn close(&mut self) {
        self.background.clear();
        self.carriers.close().await;
        if let Some(export) = self.export.take() {
            export.close().await;
        }
    }
}
