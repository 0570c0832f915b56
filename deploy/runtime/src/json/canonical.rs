//! The canonical text of a value: keys sorted, no white space. Two bodies that say the same have
//! the same fingerprint, so a repeated command is recognised however it was written.

use serde_json::Value;
use sha2::{Digest, Sha256};

/// SHA-256 of the canonical text of `value`.
#[must_use]
pub fn fingerprint(value: &Value) -> [u8; 32] {
    let mut text = String::new();
    write(value, &mut text);
    Sha256::digest(text.as_bytes()).into()
}

fn write(value: &Value, text: &mut String) {
    match value {
        Value::Object(object) => {
            let mut members: Vec<_> = object.iter().collect();
            members.sort_unstable_by_key(|(key, _)| *key);
            text.push('{');
            for (index, (key, member)) in members.into_iter().enumerate() {
                separate(index, text);
                text.push_str(&Value::from(key.as_str()).to_string());
                text.push(':');
                write(member, text);
            }
            text.push('}');
        }
        Value::Array(list) => {
            text.push('[');
            for (index, item) in list.iter().enumerate() {
                separate(index, text);
                write(item, text);
            }
            text.push(']');
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            text.push_str(&value.to_string());
        }
    }
}

fn separate(index: usize, text: &mut String) {
    if index > 0 {
        text.push(',');
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn order_and_white_space_do_not_matter_but_values_do() {
        let one: Value =
            serde_json::from_str(r#"{ "b": [1, {"y":null,"x":"å"}], "a": true }"#).unwrap();
        let same: Value =
            serde_json::from_str(r#"{"a":true,"b":[1,{"x":"\u00e5","y":null}]}"#).unwrap();
        assert_eq!(fingerprint(&one), fingerprint(&same));
        assert_ne!(
            fingerprint(&one),
            fingerprint(&json!({"a": true, "b": [{"x":"å","y":null}, 1]}))
        );
        assert_ne!(fingerprint(&json!({"a": "1"})), fingerprint(&json!({"a": 1})));
    }

    #[test]
    fn the_canonical_text_is_storage_and_stays_as_it_is() {
        let mut text = String::new();
        write(&json!({"b": [1, "\"q\""], "a": {"z": null, "é": false}}), &mut text);
        assert_eq!(text, r#"{"a":{"z":null,"é":false},"b":[1,"\"q\""]}"#);
    }
}
