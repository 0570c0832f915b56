//! A refusal in the making: which rule, where. Collects its place on the way up, and speaks of JSON
//! where serde would speak of Rust.

use std::fmt;

use serde::de::{Error, Expected, Unexpected};

use crate::problem::Problem;

/// Where a text or a value is not as it must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    /// JSON Pointer, or the name of a parameter for flat input.
    pub(crate) path: Path,
    /// Stable code of the rule.
    pub(crate) code: &'static str,
    /// The rule, for a person.
    pub(crate) detail: String,
}

/// The way from the fault up to the root: the last step first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Path(Vec<String>);

impl Path {
    /// The steps as they were taken, the first step first.
    pub(super) fn from_root(mut steps: Vec<String>) -> Self {
        steps.reverse();
        Self(steps)
    }

    /// Goes one level up, where the value at fault is called `step`.
    pub(crate) fn under(&mut self, step: impl Into<String>) {
        self.0.push(step.into());
    }

    /// RFC 6901: `/amount/currency`; the empty text is the whole document.
    pub(crate) fn pointer(&self) -> String {
        let steps = self.0.iter().rev();
        steps.map(|step| format!("/{}", step.replace('~', "~0").replace('/', "~1"))).collect()
    }

    /// The first step: the member of a flat document.
    pub(crate) fn member(&self) -> &str {
        self.0.last().map_or("", String::as_str)
    }
}

impl Fault {
    pub(super) fn into_problem(self, base: &str) -> Problem {
        Problem::bad_body(self.code, format!("{base}{}", self.path.pointer()), self.detail)
    }
}

/// The longest part of a value that a refusal repeats.
const ECHO_MAX: usize = 100;

impl std::error::Error for Fault {}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.detail)
    }
}

impl Fault {
    fn here(code: &'static str, detail: String) -> Self {
        Self { path: Path::default(), code, detail }
    }

    pub(crate) fn member(name: &str, code: &'static str, detail: String) -> Self {
        let mut fault = Self::here(code, detail);
        fault.path.under(name);
        fault
    }

    pub(super) fn under(mut self, step: impl Into<String>) -> Self {
        self.path.under(step);
        self
    }
}

impl Error for Fault {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::here("invalid_value", message.to_string())
    }

    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::here("wrong_type", format!("found {}, expected {}", said(found), plain(expected)))
    }

    fn invalid_value(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::here("invalid_value", format!("found {}, expected {}", said(found), plain(expected)))
    }

    fn unknown_field(field: &str, expected: &'static [&'static str]) -> Self {
        let detail = match expected {
            [] => "no field is expected here".to_owned(),
            [..] => format!("unknown; expected one of {}", expected.join(", ")),
        };
        Self::member(field, "unknown_field", detail)
    }

    fn unknown_variant(_: &str, expected: &'static [&'static str]) -> Self {
        Self::here("invalid_value", format!("expected one of {}", expected.join(", ")))
    }

    fn missing_field(field: &'static str) -> Self {
        Self::member(field, "missing_field", "this field is mandatory".to_owned())
    }
}

/// The value as it was sent, shortened.
fn said(found: Unexpected<'_>) -> String {
    let text = match found {
        Unexpected::Map | Unexpected::StructVariant => "an object".to_owned(),
        Unexpected::Seq | Unexpected::TupleVariant => "an array".to_owned(),
        Unexpected::Unit | Unexpected::Option => "null".to_owned(),
        found => found.to_string(),
    };
    match text.char_indices().nth(ECHO_MAX) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// What was expected, in words of JSON instead of Rust.
fn plain(expected: &dyn Expected) -> String {
    let text = expected.to_string();
    let kind = text.split(' ').next().unwrap_or_default();
    match (kind, text.as_str()) {
        ("struct", _) | (_, "a map") => "an object".to_owned(),
        ("tuple", _) | (_, "a sequence") => "an array".to_owned(),
        ("enum", _) | ("variant", _) => "a name".to_owned(),
        (_, "i8" | "i16" | "i32" | "i64" | "isize") => "a whole number".to_owned(),
        (_, "u8" | "u16" | "u32" | "u64" | "usize") => "a whole number, not negative".to_owned(),
        (_, "f32" | "f64") => "a number".to_owned(),
        (_, _) => text,
    }
}
