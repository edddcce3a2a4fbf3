//! Figures of several rounds, and tables of them.

/// A figure of several rounds: its median, and the least and the greatest.
#[derive(Clone, Copy, Debug)]
pub struct Spread {
    pub median: f64,
    min: f64,
    max: f64,
}

impl Spread {
    /// None of no values.
    pub fn of(values: impl IntoIterator<Item = f64>) -> Option<Self> {
        let mut values: Vec<_> = values.into_iter().collect();
        values.sort_by(f64::total_cmp);
        let (min, max) = (*values.first()?, *values.last()?);
        let middle = values.len() / 2;
        let median = if values.len() % 2 == 1 {
            values[middle]
        } else {
            f64::midpoint(values[middle - 1], values[middle])
        };
        Some(Self { median, min, max })
    }

    /// With so many digits behind the point.
    pub fn show(spread: Option<Self>, digits: usize) -> String {
        spread.map_or("".to_owned(), |Self { median, min, max }| {
            format!("{median:.digits$} ({min:.digits$} to {max:.digits$})")
        })
    }
}

/// A table of Markdown.
pub struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    pub fn new(columns: &[&str]) -> Self {
        let heads = columns.iter().map(|column| (*column).to_owned());
        Self {
            rows: vec![heads.collect()],
        }
    }

    pub fn row(&mut self, cells: Vec<String>) {
        self.rows.push(cells);
    }

    pub fn print(&self, title: &str, about: &str) {
        if self.rows.len() < 2 {
            return;
        }
        println!("\n### {title}\n\n{about}\n");
        for (number, row) in self.rows.iter().enumerate() {
            println!("| {} |", row.join(" | "));
            if number == 0 {
                println!("|{}", "---|".repeat(row.len()));
            }
        }
    }
}
