//! The body of a command: TOML with templates in, JSON out, empty parts left out.

use serde_json::{Map, Number, Value};

use super::slot::Source;
use super::template::{Scope, Template};

/// A parsed body.
#[derive(Debug, Clone)]
pub struct Body(Vec<(String, Shape)>);

#[derive(Debug, Clone)]
enum Shape {
    Fixed(Value),
    Text(Template),
    Number(Template),
    List(Vec<Shape>),
    Table(Vec<(String, Shape)>),
}

/// What a part came out as. A fixed part alone keeps nothing alive.
enum Rendered {
    Fixed(Value),
    Filled(Value),
    Empty,
}

impl Body {
    /// Parses every text of a body.
    pub fn parse(table: &toml::Table, scope: Scope<'_>) -> Result<Self, String> {
        Ok(Self(fields(table, scope)?))
    }

    /// The body for a row.
    pub fn render(&self, source: Source<'_>) -> Result<Value, String> {
        let (map, _) = members(&self.0, source)?;
        Ok(Value::Object(map))
    }
}

fn fields(table: &toml::Table, scope: Scope<'_>) -> Result<Vec<(String, Shape)>, String> {
    table.iter().map(|(name, value)| Ok((name.clone(), shape(value, scope)?))).collect()
}

fn shape(value: &toml::Value, scope: Scope<'_>) -> Result<Shape, String> {
    Ok(match value {
        toml::Value::String(text) => {
            let template = Template::parse(text, scope)?;
            if template.is_number() { Shape::Number(template) } else { Shape::Text(template) }
        }
        toml::Value::Array(parts) => {
            Shape::List(parts.iter().map(|part| shape(part, scope)).collect::<Result<_, _>>()?)
        }
        toml::Value::Table(table) => Shape::Table(fields(table, scope)?),
        toml::Value::Integer(number) => Shape::Fixed(Value::from(*number)),
        toml::Value::Boolean(flag) => Shape::Fixed(Value::from(*flag)),
        toml::Value::Float(number) => Shape::Fixed(Value::from(*number)),
        toml::Value::Datetime(time) => Shape::Fixed(Value::from(time.to_string())),
    })
}

impl Shape {
    fn render(&self, source: Source<'_>) -> Result<Rendered, String> {
        Ok(match self {
            Self::Fixed(value) => Rendered::Fixed(value.clone()),
            Self::Text(template) => match template.render(source)? {
                Some(text) if template.is_constant() => Rendered::Fixed(Value::String(text)),
                Some(text) => Rendered::Filled(Value::String(text)),
                None => Rendered::Empty,
            },
            Self::Number(template) => match template.render(source)? {
                Some(text) => Rendered::Filled(Value::Number(number(&text)?)),
                None => Rendered::Empty,
            },
            Self::List(parts) => list(parts, source)?,
            Self::Table(fields) => match members(fields, source)? {
                (map, Fate::Fixed) => Rendered::Fixed(Value::Object(map)),
                (map, Fate::Filled) => Rendered::Filled(Value::Object(map)),
                (_, Fate::Empty) => Rendered::Empty,
            },
        })
    }
}

/// What became of the slots within a table or list.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// There are none.
    Fixed,
    /// At least one has a value.
    Filled,
    /// All are empty.
    Empty,
}

impl Fate {
    fn with(self, part: &Rendered) -> Self {
        match (self, part) {
            (_, Rendered::Filled(_)) | (Self::Filled, _) => Self::Filled,
            (_, Rendered::Empty) | (Self::Empty, _) => Self::Empty,
            (Self::Fixed, Rendered::Fixed(_)) => Self::Fixed,
        }
    }
}

fn members(
    fields: &[(String, Shape)],
    source: Source<'_>,
) -> Result<(Map<String, Value>, Fate), String> {
    let mut map = Map::new();
    let mut fate = Fate::Fixed;
    for (name, shape) in fields {
        let part = shape.render(source)?;
        fate = fate.with(&part);
        if let Rendered::Fixed(value) | Rendered::Filled(value) = part {
            map.insert(name.clone(), value);
        }
    }
    Ok((map, fate))
}

fn list(parts: &[Shape], source: Source<'_>) -> Result<Rendered, String> {
    let mut values = Vec::with_capacity(parts.len());
    let mut fate = Fate::Fixed;
    for shape in parts {
        let part = shape.render(source)?;
        fate = fate.with(&part);
        if let Rendered::Fixed(value) | Rendered::Filled(value) = part {
            values.push(value);
        }
    }
    let list = Value::Array(values);
    Ok(match fate {
        Fate::Fixed => Rendered::Fixed(list),
        Fate::Filled => Rendered::Filled(list),
        Fate::Empty => Rendered::Empty,
    })
}

fn number(text: &str) -> Result<Number, String> {
    serde_json::from_str(text).map_err(|_| format!("`{text}` is no JSON number"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mapping::derive::Names;
    use crate::mapping::sheet::Sheet;
    use csv::StringRecord;
    use events::TenantSlug;
    use serde_json::json;
    use std::collections::BTreeMap;

    fn render(body: &str, row: [&str; 3]) -> Result<Value, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("f.csv");
        std::fs::write(&path, "account,price,chance\n").unwrap();
        let sheet = Sheet::open(&path, &toml::from_str("path = 'f.csv'").unwrap()).unwrap();
        let table: toml::Table = toml::from_str(body).unwrap();
        let body = Body::parse(&table, Scope { sheet: &sheet, constants: &BTreeMap::new() })?;
        let names = Names { tenant: TenantSlug::parse("demo").unwrap(), source: "shop".into() };
        let fields = StringRecord::from(row.to_vec());
        body.render(Source { names: &names, sheet: &sheet, fields: &fields, external_id: "D-1" })
    }

    const BODY: &str = "probability = 10\nreason = 'unknown'\nchance = '{number:chance}'\n\
        company = { id = '{id:company:account}', name = '{account}' }\n\
        amount = { amount = '{decimal:2:price}', currency = 'USD' }\ngroups = ['{account}', 'all']\nfixed = { a = 1 }\n";

    #[test]
    fn a_filled_body_has_every_part_in_its_type() {
        let body = render(BODY, ["Fjord AS", "550", "12.5"]).unwrap();
        assert_eq!(body["chance"], json!(12.5));
        assert_eq!(body["probability"], json!(10));
        assert_eq!(body["amount"], json!({ "amount": "550.00", "currency": "USD" }));
        assert_eq!(body["company"]["name"], "Fjord AS");
        assert_eq!(body["groups"], json!(["Fjord AS", "all"]));
    }

    #[test]
    fn parts_without_a_value_are_left_out_and_constants_do_not_keep_them() {
        let body = render(BODY, ["", "", ""]).unwrap();
        assert_eq!(body, json!({ "probability": 10, "reason": "unknown", "fixed": { "a": 1 } }));
    }
}
