//! The dashboard for Grafana.

use std::collections::BTreeSet;

use serde_json::Value;

use super::text;

/// Grafana's names of units that are used.
const UNITS: [&str; 8] = [
    "eps",
    "reqps",
    "recps",
    "ops",
    "percentunit",
    "s",
    "bytes",
    "short",
];

pub(super) struct Dashboard(Value);

pub(super) fn read() -> Dashboard {
    let text = text("deploy/grafana/hookferry.json");
    Dashboard(serde_json::from_str(&text).expect("the dashboard is JSON"))
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn string(value: &Value) -> String {
    let text = value.as_str().unwrap_or_else(|| panic!("no text: {value}"));
    text.to_owned()
}

impl Dashboard {
    fn panels(&self) -> &[Value] {
        list(&self.0["panels"])
    }

    /// Whose it is, each expression, and its legend.
    pub(super) fn expressions(&self) -> Vec<(String, String, String)> {
        let targets = self.panels().iter().flat_map(|panel| {
            let title = string(&panel["title"]);
            list(&panel["targets"]).iter().map(move |target| {
                (
                    title.clone(),
                    string(&target["expr"]),
                    string(&target["legendFormat"]),
                )
            })
        });
        let notes = list(&self.0["annotations"]["list"]).iter();
        let notes = notes.filter(|note| note["expr"].is_string());
        let notes = notes.map(|note| {
            (
                string(&note["name"]),
                string(&note["expr"]),
                string(&note["titleFormat"]),
            )
        });
        targets.chain(notes).collect()
    }

    /// The queries of its variables.
    pub(super) fn variables(&self) -> Vec<String> {
        let list = list(&self.0["templating"]["list"]).iter();
        let queries = list.filter(|it| it["type"] == "query");
        queries.map(|it| string(&it["query"]["query"])).collect()
    }

    /// Panels have ids of their own, lie side by side on Grafana's 24 columns, and say what they show.
    pub(super) fn assert_layout(&self) {
        assert_eq!(self.0["schemaVersion"], 39);
        let variables = list(&self.0["templating"]["list"]).iter();
        let variables: Vec<_> = variables.map(|it| string(&it["name"])).collect();
        assert_eq!(variables, ["datasource", "job", "source", "sink"]);
        let (mut ids, mut taken) = (BTreeSet::new(), BTreeSet::new());
        for panel in self.panels() {
            let title = string(&panel["title"]);
            assert!(ids.insert(panel["id"].as_u64().unwrap()), "{title}: its id");
            let at = |key: &str| panel["gridPos"][key].as_u64().unwrap();
            let (x, y, w, h) = (at("x"), at("y"), at("w"), at("h"));
            assert!(w > 0 && h > 0 && x + w <= 24, "{title}: {x} + {w}");
            for place in (x..x + w).flat_map(|x| (y..y + h).map(move |y| (x, y))) {
                assert!(taken.insert(place), "{title} lies on another");
            }
            if panel["type"] == "row" {
                assert_eq!((x, w, h), (0, 24, 1), "{title}");
                continue;
            }
            let description = string(&panel["description"]);
            assert!(description.ends_with('.'), "{title}: {description}");
            let unit = string(&panel["fieldConfig"]["defaults"]["unit"]);
            // `none` is a number that is written out.
            assert!(
                unit == "none" || UNITS.contains(&unit.as_str()),
                "{title}: {unit}"
            );
            let targets = list(&panel["targets"]);
            let names: BTreeSet<_> = targets.iter().map(|it| string(&it["refId"])).collect();
            assert!(
                !targets.is_empty() && names.len() == targets.len(),
                "{title}"
            );
            for datasource in targets.iter().chain([panel]).map(|it| &it["datasource"]) {
                assert_eq!(datasource["uid"], "${datasource}", "{title}");
            }
        }
        // No hole but at the end of a line: each row of the grid begins at the left.
        let height = taken.iter().map(|(_, y)| y + 1).max().unwrap();
        assert!((0..height).all(|y| taken.contains(&(0, y))));
    }
}
