//! What each figure is to reach: floor, target and stretch, as `performance.md` of the product has them.

/// Which way is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Better {
    /// Rates.
    Higher,
    /// Times and sizes.
    Lower,
}

/// What is compared with the target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Judged {
    /// Value ÷ baseline.
    Ratio,
    /// The value itself.
    Value,
}

/// A row of the table.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    /// Name of the figure.
    pub name: &'static str,
    /// Which part of it; empty where it has one only.
    pub part: &'static str,
    /// Floor, target, stretch.
    pub steps: [f64; 3],
    /// Which way is better.
    pub better: Better,
    /// What is compared.
    pub judged: Judged,
}

impl Target {
    /// In words: the best step that is reached.
    pub fn reached(&self, ratio: f64, value: f64) -> &'static str {
        let number = match self.judged {
            Judged::Ratio => ratio,
            Judged::Value => value,
        };
        let met = |step: f64| match self.better {
            Better::Higher => number >= step,
            Better::Lower => number <= step,
        };
        let [floor, target, stretch] = self.steps.map(met);
        match (floor, target, stretch) {
            (_, _, true) => "STRETCH",
            (_, true, _) => "target met",
            (true, ..) => "floor only",
            (false, ..) => "MISSED",
        }
    }
}

/// The row of a figure.
pub fn of(name: &str, part: &str) -> Option<&'static Target> {
    TARGETS.iter().find(|target| target.name == name && target.part == part)
}

const fn at_least(name: &'static str, part: &'static str, steps: [f64; 3]) -> Target {
    Target { name, part, steps, better: Better::Higher, judged: Judged::Ratio }
}

const fn at_most(name: &'static str, part: &'static str, steps: [f64; 3]) -> Target {
    Target { name, part, steps, better: Better::Lower, judged: Judged::Ratio }
}

const fn absolute(name: &'static str, part: &'static str, steps: [f64; 3]) -> Target {
    Target { name, part, steps, better: Better::Lower, judged: Judged::Value }
}

/// All of them, in the order of the table.
const TARGETS: [Target; 32] = [
    at_least("http_commands_1", "", [0.25, 0.35, 0.45]),
    at_least("http_commands_8", "", [0.4, 0.6, 0.8]),
    at_least("http_commands_32", "", [0.9, 1.5, 2.0]),
    at_least("http_commands_128", "", [1.2, 2.0, 3.0]),
    at_least("http_commands_128_following", "", [0.7, 1.0, 1.5]),
    at_least("http_over_best_peer_32", "", [2.5, 4.0, 6.0]),
    at_most("http_latency_500", "p50", [4.0, 2.5, 2.0]),
    at_most("http_latency_500", "p99", [6.0, 4.0, 3.0]),
    at_most("http_p99_128", "", [1.0, 0.5, 0.4]),
    at_least("bulk_commands", "", [1.5, 2.5, 4.0]),
    at_least("catch_up_all", "", [0.15, 0.3, 0.45]),
    at_least("catch_up_over_best_peer", "", [10.0, 20.0, 40.0]),
    at_least("rebuild_under_load", "", [0.1, 0.2, 0.3]),
    at_most("rebuild_under_load", "p99", [2.0, 2.0, 2.0]),
    absolute("lag_200", "p50", [20.0, 6.0, 4.0]),
    absolute("lag_200", "p99", [100.0, 40.0, 20.0]),
    at_most("lag_200", "p99 of insert", [30.0, 30.0, 30.0]),
    at_least("relay_drain", "", [0.3, 0.5, 0.7]),
    at_most("queries_100k", "", [40.0, 20.0, 10.0]),
    at_most("board_100k", "", [40.0, 30.0, 20.0]),
    at_most("find_100k", "", [40.0, 30.0, 20.0]),
    at_most("targets_500", "", [40.0, 30.0, 20.0]),
    at_most("rights_100k", "", [40.0, 20.0, 10.0]),
    at_most("as_of_100k", "", [5.0, 3.0, 1.5]),
    at_least("import", "", [0.3, 0.5, 0.8]),
    absolute("memory", "command-service", [300.0, 200.0, 100.0]),
    absolute("memory", "projection-service", [300.0, 200.0, 100.0]),
    at_most("growth", "append", [1.5, 1.2, 1.05]),
    at_most("growth", "stream load", [1.5, 1.2, 1.05]),
    at_most("growth", "pipeline", [1.5, 1.2, 1.05]),
    at_most("growth", "verify", [1.5, 1.2, 1.05]),
    at_most("growth", "commands", [1.5, 1.2, 1.05]),
];
