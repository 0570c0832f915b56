//! Lifts old payloads to today's shape, one version a step. Works on JSON: no old struct is kept.

use serde_json::{Value, json};

use crate::codec::{DecodeError, current_version};

/// The newest shape of a stored payload. An unknown type, a version from the future and a missing step are loud.
pub fn upcast(kind: &str, stored: i16, mut data: Value) -> Result<Value, DecodeError> {
    let (_, current) = current_version(kind)?;
    if stored > current {
        return Err(DecodeError::FromTheFuture { kind: kind.to_owned(), stored });
    }
    for version in stored..current {
        data = match (kind, version) {
            ("stage.added" | "stage.edited", 1) => name_becomes_local(data),
            _ => return Err(DecodeError::NoUpcaster { kind: kind.to_owned(), version }),
        };
    }
    Ok(data)
}

/// Version 1 knew one name, in English; version 2 knows one a language (`{"en":…,"nb":…,"nl":…}`).
fn name_becomes_local(mut data: Value) -> Value {
    if let Some(Value::String(name)) = data.get("name").cloned() {
        data["name"] = json!({ "en": name });
    }
    data
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stage_of_version_1_gets_its_name_in_english() {
        let lifted =
            upcast("stage.added", 1, json!({"name": "Quotation", "probability": 50})).unwrap();
        assert_eq!(lifted, json!({"name": {"en": "Quotation"}, "probability": 50}));
    }

    #[test]
    fn a_newer_writer_stops_the_reader() {
        let future = upcast("stage.added", 99, json!({}));
        assert!(matches!(future, Err(DecodeError::FromTheFuture { stored: 99, .. })));
        let unknown = upcast("sale.teleported", 1, json!({}));
        assert!(
            matches!(unknown, Err(DecodeError::UnknownType(kind)) if kind == "sale.teleported")
        );
        let missing = upcast("sale.won", 0, json!({}));
        assert!(matches!(missing, Err(DecodeError::NoUpcaster { version: 0, .. })));
    }
}
