//! The questions' common parameters: as of when, as known when, and how fresh.

use clap::Args;

/// Points in time; each is an instant (RFC 3339) or a date (its end in the tenant's zone).
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "As of when")]
pub struct Moment {
    /// What was true then: looks at effective times
    #[arg(long, value_name = "DATE|INSTANT")]
    pub as_of: Option<String>,
    /// What we knew then: looks at recorded times
    #[arg(long, value_name = "DATE|INSTANT")]
    pub known_at: Option<String>,
    /// Wait until the read model is this far (a position from an earlier answer)
    #[arg(long, value_name = "POSITION")]
    pub min_position: Option<u64>,
}

/// Collects query parameters, leaving out what was not given.
#[derive(Debug, Default)]
pub struct Parameters(Vec<(&'static str, String)>);

impl Parameters {
    /// Those of a moment.
    pub fn at(moment: &Moment) -> Self {
        let position = moment.min_position.map(|position| position.to_string());
        Self::default()
            .with("as_of", moment.as_of.as_ref())
            .with("known_at", moment.known_at.as_ref())
            .with("min_position", position.as_ref())
    }

    /// Adds one, if given.
    pub fn with(mut self, name: &'static str, value: Option<&String>) -> Self {
        self.0.extend(value.map(|value| (name, value.clone())));
        self
    }

    /// As the client wants them.
    pub fn as_slice(&self) -> &[(&'static str, String)] {
        &self.0
    }
}
