//! One slot of a template: where its value comes from and what is done to it.

use csv::StringRecord;
use rust_decimal::Decimal;

use super::derive::{self, Names};
use super::sheet::Sheet;
use super::time;

/// What a row offers to its templates.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// Tenant and source of the import.
    pub names: &'a Names,
    /// The columns of the row's file.
    pub sheet: &'a Sheet,
    /// The row itself.
    pub fields: &'a StringRecord,
    /// The record's external id; empty while it is being made.
    pub external_id: &'a str,
}

/// `{function:value!|fallback}`, with every column found.
#[derive(Debug, Clone)]
pub struct Slot {
    /// What is done to the value.
    pub function: Function,
    /// Where it comes from.
    pub value: Value,
    /// Whether an empty result is a mapping error.
    pub required: bool,
    /// What stands in for an empty value.
    pub fallback: Option<String>,
}

/// Where a slot's value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// A constant or a quoted text.
    Text(String),
    /// A column of the row.
    Column(usize),
    /// A field of the row that a joined column leads to.
    Joined {
        /// The column that leads there.
        column: usize,
        /// The field of the other file.
        field: usize,
    },
    /// `@tenant`.
    Tenant,
    /// `@source`.
    Source,
    /// `@external_id`.
    ExternalId,
}

/// What is done to a slot's value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Function {
    /// Nothing.
    Plain,
    /// `slug:`
    Slug,
    /// `lower:`
    Lower,
    /// `id:KIND:`
    Id(String),
    /// `decimal:PLACES:`
    Decimal(u32),
    /// `number:`
    Number,
    /// `date:`
    Date,
}

impl Slot {
    /// The slot's text for a row; empty when there is nothing.
    ///
    /// # Errors
    /// A sentence: a required value is empty, or the function cannot read it.
    pub fn text(&self, source: Source<'_>) -> Result<String, String> {
        let found = self.value.read(source);
        let value =
            if found.is_empty() { self.fallback.as_deref().unwrap_or_default() } else { found };
        let text = if value.is_empty() {
            String::new()
        } else {
            self.function.apply(value, self.value.sheet(source), source.names)?
        };
        if text.is_empty() && self.required {
            return Err(self.value.absent(source));
        }
        Ok(text)
    }
}

impl Value {
    fn read<'a>(&'a self, source: Source<'a>) -> &'a str {
        match self {
            Self::Text(text) => text,
            Self::Column(column) => source.sheet.value(source.fields, *column),
            Self::Joined { column, field } => {
                let key = source.sheet.value(source.fields, *column);
                source
                    .sheet
                    .join(*column)
                    .and_then(|lookup| lookup.field(key, *field))
                    .unwrap_or_default()
            }
            Self::Tenant => source.names.tenant.as_str(),
            Self::Source => &source.names.source,
            Self::ExternalId => source.external_id,
        }
    }

    /// The file that says how the value is written.
    fn sheet<'a>(&self, source: Source<'a>) -> &'a Sheet {
        match self {
            Self::Joined { column, .. } => {
                source.sheet.join(*column).map_or(source.sheet, |lookup| &lookup.sheet)
            }
            Self::Text(_) | Self::Column(_) | Self::Tenant | Self::Source | Self::ExternalId => {
                source.sheet
            }
        }
    }

    /// Why a required value is not there.
    fn absent(&self, source: Source<'_>) -> String {
        match self {
            Self::Text(_) | Self::Tenant | Self::Source => "a required text is empty".to_owned(),
            Self::ExternalId => "the external id is empty".to_owned(),
            Self::Column(column) => format!("{} is empty", source.sheet.name(*column)),
            Self::Joined { column, field } => {
                let key = source.sheet.value(source.fields, *column);
                let Some(lookup) = source.sheet.join(*column) else { return String::new() };
                if lookup.field(key, *field).is_some() {
                    format!(
                        "{} of `{key}` is empty in {}",
                        lookup.sheet.name(*field),
                        lookup.sheet.file
                    )
                } else {
                    format!("{} has no row with {} `{key}`", lookup.sheet.file, lookup.key_name())
                }
            }
        }
    }
}

impl Function {
    /// Reads `name:` or `name:argument:` at the start of a slot and returns what follows it.
    pub fn parse(slot: &str) -> Option<(Self, &str)> {
        let (name, rest) = slot.split_once(':')?;
        let function = match name.trim() {
            "slug" => Self::Slug,
            "lower" => Self::Lower,
            "number" => Self::Number,
            "date" => Self::Date,
            "id" => {
                let (kind, rest) = rest.split_once(':')?;
                return derive::is_word(kind).then(|| (Self::Id(kind.to_owned()), rest));
            }
            "decimal" => {
                let (places, rest) = rest.split_once(':')?;
                return Some((
                    Self::Decimal(places.parse().ok().filter(|places| *places <= 12)?),
                    rest,
                ));
            }
            _ => return None,
        };
        Some((function, rest))
    }

    fn apply(&self, value: &str, sheet: &Sheet, names: &Names) -> Result<String, String> {
        match self {
            Self::Plain => Ok(value.to_owned()),
            Self::Slug => Ok(derive::slug(value)),
            Self::Lower => Ok(value.to_lowercase()),
            Self::Id(kind) => Ok(names.id(kind, value)),
            Self::Decimal(places) => decimal(value, sheet.decimal, *places),
            Self::Number => Ok(number(value, sheet.decimal)?.normalize().to_string()),
            Self::Date => Ok(time::date(value, &sheet.date_format)?.to_string()),
        }
    }
}

fn number(text: &str, mark: char) -> Result<Decimal, String> {
    let plain = if mark == '.' { text.to_owned() } else { text.replace(mark, ".") };
    Decimal::from_str_exact(&plain).map_err(|_| format!("`{text}` is no number"))
}

/// A number with exactly so many places; more than that is refused, never rounded.
fn decimal(text: &str, mark: char, places: u32) -> Result<String, String> {
    let mut value = number(text, mark)?.normalize();
    if value.scale() > places {
        return Err(format!("`{text}` has more than {places} decimals"));
    }
    value.rescale(places);
    Ok(value.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_checked_and_written_with_their_places() {
        assert_eq!(decimal("550", '.', 2).unwrap(), "550.00");
        assert_eq!(decimal("1054.5", '.', 2).unwrap(), "1054.50");
        assert_eq!(decimal("1054,50", ',', 2).unwrap(), "1054.50");
        assert_eq!(decimal("7.000", '.', 0).unwrap(), "7");
        assert_eq!(decimal("1.005", '.', 2).unwrap_err(), "`1.005` has more than 2 decimals");
        assert_eq!(decimal("much", '.', 2).unwrap_err(), "`much` is no number");
    }

    #[test]
    fn a_function_is_read_with_its_argument() {
        assert_eq!(
            Function::parse("id:stage:'Won'"),
            Some((Function::Id("stage".into()), "'Won'"))
        );
        assert_eq!(Function::parse("decimal:2:price!"), Some((Function::Decimal(2), "price!")));
        assert_eq!(Function::parse("slug:agent"), Some((Function::Slug, "agent")));
        for plain in ["agent", "decimal:many:price", "shout:agent", "id:Big Kind:x"] {
            assert_eq!(Function::parse(plain), None, "{plain}");
        }
    }
}
