//! The grammar: text to value, refusing what readers could understand differently.

use std::cell::RefCell;
use std::fmt;

use serde::de::{DeserializeSeed, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use super::fault::{Fault, Path};
use crate::limits::JSON_DEPTH_MAX;

const MALFORMED: &str = "malformed_body";

/// Parses one JSON document and nothing after it.
pub(super) fn parse(text: &[u8]) -> Result<Value, Fault> {
    let fault = |path, detail: String| Fault { path, code: MALFORMED, detail };
    let text = std::str::from_utf8(text).map_err(|error| {
        fault(Path::default(), format!("not UTF-8 from byte {}", error.valid_up_to()))
    })?;
    if text.trim_ascii().is_empty() {
        return Err(fault(Path::default(), "the body is empty; send a JSON document".to_owned()));
    }
    let way = RefCell::new(Vec::new());
    let mut source = serde_json::Deserializer::from_str(text);
    let read = Grammar { way: &way }.deserialize(&mut source).and_then(|value| {
        source.end()?;
        Ok(value)
    });
    read.map_err(|error| fault(Path::from_root(way.into_inner()), error.to_string()))
}

/// Reads one value. `way` holds the steps from the root to the value being read, and keeps them
/// when reading fails, so the place of any error is known.
#[derive(Clone, Copy)]
struct Grammar<'a> {
    way: &'a RefCell<Vec<String>>,
}

impl Grammar<'_> {
    fn enter(self, step: String) {
        self.way.borrow_mut().push(step);
    }

    fn leave(self) {
        self.way.borrow_mut().pop();
    }

    fn depth_allowed<E: Error>(self) -> Result<(), E> {
        if self.way.borrow().len() < JSON_DEPTH_MAX {
            return Ok(());
        }
        Err(E::custom(format_args!("nested deeper than {JSON_DEPTH_MAX} levels")))
    }
}

fn without_nul<E: Error>(text: String) -> Result<String, E> {
    if text.contains('\0') {
        return Err(E::custom("a text may not contain the character U+0000"));
    }
    Ok(text)
}

impl<'de> DeserializeSeed<'de> for Grammar<'_> {
    type Value = Value;

    fn deserialize<D: serde::Deserializer<'de>>(self, source: D) -> Result<Value, D::Error> {
        source.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Grammar<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        let number = Number::from_f64(value).ok_or_else(|| E::custom("number out of range"))?;
        Ok(Value::Number(number))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
        self.visit_string(text.to_owned())
    }

    fn visit_string<E: Error>(self, text: String) -> Result<Value, E> {
        without_nul(text).map(Value::String)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        self.depth_allowed()?;
        let mut list = Vec::new();
        loop {
            self.enter(list.len().to_string());
            let Some(item) = items.next_element_seed(self)? else {
                break;
            };
            self.leave();
            list.push(item);
        }
        self.leave();
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        self.depth_allowed()?;
        let mut object = Map::new();
        while let Some(key) = members.next_key::<String>()? {
            self.enter(key.clone());
            let key = without_nul(key)?;
            if object.contains_key(&key) {
                return Err(A::Error::custom("this key appears more than once"));
            }
            let value = members.next_value_seed(self)?;
            self.leave();
            object.insert(key, value);
        }
        Ok(Value::Object(object))
    }
}
