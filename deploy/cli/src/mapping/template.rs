//! Text with slots: parsed once against the columns of a file, rendered for every row.

use std::collections::BTreeMap;

use super::sheet::Sheet;
use super::slot::{Function, Slot, Source, Value};

/// What a template may refer to when it is parsed.
#[derive(Debug, Clone, Copy)]
pub struct Scope<'a> {
    /// The file whose rows it will be rendered for.
    pub sheet: &'a Sheet,
    /// The mapping's constants.
    pub constants: &'a BTreeMap<String, String>,
}

/// A parsed template.
#[derive(Debug, Clone)]
pub struct Template {
    parts: Vec<Part>,
}

#[derive(Debug, Clone)]
enum Part {
    Text(String),
    Slot(Slot),
}

impl Template {
    /// Parses a template and finds its columns.
    ///
    /// # Errors
    /// A sentence naming the slot at fault.
    pub fn parse(text: &str, scope: Scope<'_>) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut plain = String::new();
        let mut rest = text;
        while let Some(at) = rest.find(['{', '}']) {
            plain.push_str(&rest[..at]);
            let brace = &rest[at..=at];
            rest = &rest[at + 1..];
            if let Some(after) = rest.strip_prefix(brace) {
                plain.push_str(brace);
                rest = after;
                continue;
            }
            let slot = if brace == "{" { rest.split_once('}') } else { None };
            let (slot, after) = slot.ok_or_else(|| {
                format!("`{text}` has a lonely `{brace}`; write it twice to mean it")
            })?;
            if !plain.is_empty() {
                parts.push(Part::Text(std::mem::take(&mut plain)));
            }
            parts.push(Part::Slot(parse_slot(slot, scope)?));
            rest = after;
        }
        plain.push_str(rest);
        if !plain.is_empty() {
            parts.push(Part::Text(plain));
        }
        Ok(Self { parts })
    }

    /// Whether it has no slot at all.
    pub fn is_constant(&self) -> bool {
        self.parts.iter().all(|part| matches!(part, Part::Text(_)))
    }

    /// Whether it stands for a JSON number: a single `{number:…}` and nothing else.
    pub fn is_number(&self) -> bool {
        matches!(self.parts.as_slice(), [Part::Slot(Slot { function: Function::Number, .. })])
    }

    /// The text for a row; `None` when it has slots and all of them are empty.
    ///
    /// # Errors
    /// A sentence about the value at fault.
    pub fn render(&self, source: Source<'_>) -> Result<Option<String>, String> {
        let mut text = String::new();
        let mut filled = self.is_constant();
        for part in &self.parts {
            match part {
                Part::Text(plain) => text.push_str(plain),
                Part::Slot(slot) => {
                    let value = slot.text(source)?;
                    filled |= !value.is_empty();
                    text.push_str(&value);
                }
            }
        }
        Ok(filled.then_some(text))
    }
}

fn parse_slot(slot: &str, scope: Scope<'_>) -> Result<Slot, String> {
    let (slot, fallback) = match slot.split_once('|') {
        Some((slot, fallback)) => (slot, Some(fallback.to_owned())),
        None => (slot, None),
    };
    let (slot, required) = match slot.strip_suffix('!') {
        Some(slot) => (slot, true),
        None => (slot, false),
    };
    // A column may be called anything, so its full name goes before a function's.
    let plain = scope.sheet.column(slot.trim()).map(Value::Column);
    let (function, value) = match (plain, Function::parse(slot)) {
        (Some(column), _) => (Function::Plain, column),
        (None, Some((function, value))) => (function, parse_value(value, scope)?),
        (None, None) => (Function::Plain, parse_value(slot, scope)?),
    };
    Ok(Slot { function, value, required, fallback })
}

/// Finds what a name stands for; also used for the columns of conditions.
pub fn parse_value(name: &str, scope: Scope<'_>) -> Result<Value, String> {
    let name = name.trim();
    if let Some(column) = scope.sheet.column(name) {
        return Ok(Value::Column(column));
    }
    if let Some(text) = name.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')) {
        return Ok(Value::Text(text.to_owned()));
    }
    match name {
        "@tenant" => return Ok(Value::Tenant),
        "@source" => return Ok(Value::Source),
        "@external_id" => return Ok(Value::ExternalId),
        _ => {}
    }
    if let Some(constant) = name.strip_prefix("const.") {
        let text = scope
            .constants
            .get(constant)
            .ok_or_else(|| format!("there is no constant `{constant}`"))?;
        return Ok(Value::Text(text.clone()));
    }
    let joined = name.split_once('.').and_then(|(column, field)| {
        let column = scope.sheet.column(column)?;
        let field = scope.sheet.join(column)?.sheet.column(field)?;
        Some(Value::Joined { column, field })
    });
    joined.ok_or_else(|| {
        let file = if scope.sheet.file.is_empty() {
            "a command without `each`"
        } else {
            &scope.sheet.file
        };
        format!("`{name}` is no column, joined field, constant or quoted text in {file}")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mapping::derive::Names;
    use csv::StringRecord;
    use events::TenantSlug;

    fn sheet() -> (tempfile::TempDir, Sheet) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("f.csv");
        std::fs::write(&path, "product,account,id:odd,price\n").unwrap();
        let sheet = Sheet::open(&path, &toml::from_str("path = 'f.csv'").unwrap()).unwrap();
        (folder, sheet)
    }

    fn render(template: &str, row: [&str; 4]) -> Result<Option<String>, String> {
        let (_folder, sheet) = sheet();
        let constants = BTreeMap::from([("currency".to_owned(), "USD".to_owned())]);
        let template = Template::parse(template, Scope { sheet: &sheet, constants: &constants })?;
        let names = Names { tenant: TenantSlug::parse("demo").unwrap(), source: "shop".into() };
        let fields = StringRecord::from(row.to_vec());
        template.render(Source {
            names: &names,
            sheet: &sheet,
            fields: &fields,
            external_id: "D-1",
        })
    }

    #[test]
    fn a_fallback_stands_in_for_an_empty_value() {
        let title = "{product} for {account|unknown account}";
        assert_eq!(
            render(title, ["Chair", "Fjord AS", "", ""]).unwrap().unwrap(),
            "Chair for Fjord AS"
        );
        assert_eq!(
            render(title, ["Chair", "  ", "", ""]).unwrap().unwrap(),
            "Chair for unknown account"
        );
    }

    #[test]
    fn a_template_whose_slots_are_all_empty_is_nothing() {
        assert_eq!(render("No. {account}", ["", "", "", ""]).unwrap(), None);
        assert_eq!(render("No. 1", ["", "", "", ""]).unwrap().unwrap(), "No. 1");
        assert_eq!(render("{account!}", ["", "", "", ""]).unwrap_err(), "account is empty");
    }

    #[test]
    fn constants_quotes_braces_and_built_in_names_are_understood() {
        let rendered = render(
            "{{{const.currency}}} {'a'} {@tenant}/{@source}/{@external_id} {id:odd}",
            ["", "", "x", ""],
        );
        assert_eq!(rendered.unwrap().unwrap(), "{USD} a demo/shop/D-1 x");
    }

    #[test]
    fn functions_apply_to_the_value_or_its_fallback() {
        assert_eq!(render("{slug:account|No One}", ["", "", "", ""]).unwrap().unwrap(), "no-one");
        assert_eq!(render("{decimal:2:price!}", ["", "", "", "12.5"]).unwrap().unwrap(), "12.50");
    }

    #[test]
    fn a_slot_that_leads_nowhere_is_refused_when_the_mapping_is_read() {
        for (template, word) in [
            ("{colour}", "colour"),
            ("{const.tax}", "tax"),
            ("{account", "lonely"),
            ("a } b", "lonely"),
        ] {
            let refused = render(template, ["", "", "", ""]).unwrap_err();
            assert!(refused.contains(word), "{template}: {refused}");
        }
    }
}
