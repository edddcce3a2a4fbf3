//! How a Kafka sink makes topics that are missing.

use std::collections::BTreeMap;

use crate::publish::kafka::CreateTopics;
use crate::settings::build::Build;
use crate::settings::document::CreateTopicsForm;
use crate::settings::secrets;

const MIN_ISR: &str = "min.insync.replicas";

/// The topics that `form` asks for. `None` after a fault.
pub(super) fn create_topics(
    key: &str,
    form: &CreateTopicsForm,
    build: &mut Build<'_>,
) -> Option<CreateTopics> {
    let at = |field: &str| format!("{key}.{field}");
    for (field, given) in [
        ("partitions", form.partitions),
        ("replication_factor", form.replication_factor),
    ] {
        if given.is_none() {
            build
                .notes
                .missing(&at(field), "add it: how topics are made is yours to say");
        }
    }
    let partitions = build.number(&at("partitions"), form.partitions, 1, 1..=10_000);
    let factor = build.number(
        &at("replication_factor"),
        form.replication_factor,
        1,
        1..=100,
    );
    let mut config = BTreeMap::new();
    for (property, value) in &form.config {
        let key = at(&format!("config.{property}"));
        let value = secrets::text(value, &key, build.environment, &mut build.notes)?;
        config.insert(property.clone(), value);
    }
    let least = config.get(MIN_ISR).map(|text| text.parse::<u64>());
    match least {
        Some(Ok(least)) if least > factor => {
            let said = format!("{least} replicas can never be in sync of {factor}");
            let remedy = format!("write at most {factor}, or raise replication_factor");
            build
                .notes
                .fault(&at(&format!("config.{MIN_ISR}")), said, remedy);
        }
        Some(Err(_)) => build.notes.fault(
            &at(&format!("config.{MIN_ISR}")),
            "it is not a whole number",
            "write one, as in 2",
        ),
        Some(Ok(_)) | None => {}
    }
    Some(CreateTopics {
        partitions: i32::try_from(partitions).ok()?,
        replication_factor: i32::try_from(factor).ok()?,
        config,
    })
}
