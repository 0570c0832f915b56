//! `Idempotency-Key`: the client's name for one intention, so repeating it does it once.

use crate::limits::KEY_CHARS_MAX;
use crate::problem::Problem;

const NAME: &str = "idempotency-key";

/// The client's key: 1 to 255 printable ASCII characters, without the quotes it may come in.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct IdempotencyKey(String);

impl IdempotencyKey {
    /// Reads a key, quoted (a structured-field string) or bare; both spellings are the same key.
    ///
    /// # Errors
    /// 400 `bad_header`.
    pub fn parse(text: &str) -> Result<Self, Problem> {
        let key = match text.strip_prefix('"') {
            Some(rest) => unquoted(rest).ok_or_else(|| refused("has a broken quotation"))?,
            None => text.to_owned(),
        };
        if key.is_empty() || key.len() > KEY_CHARS_MAX {
            return Err(refused("must have 1 to 255 characters"));
        }
        if !key.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
            return Err(refused("may hold printable ASCII only"));
        }
        Ok(Self(key))
    }

    /// The key.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn refused(detail: &str) -> Problem {
    Problem::bad_header(NAME, detail)
}

/// The content of a structured-field string (RFC 8941), given without its first quote.
fn unquoted(rest: &str) -> Option<String> {
    let inner = rest.strip_suffix('"')?;
    let mut key = String::with_capacity(inner.len());
    let mut chars = inner.chars();
    while let Some(char) = chars.next() {
        match char {
            '\\' => key.push(chars.next().filter(|next| matches!(next, '"' | '\\'))?),
            '"' => return None,
            plain => key.push(plain),
        }
    }
    Some(key)
}

super::extract_header!(IdempotencyKey, "idempotency-key");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoted_and_bare_are_the_same_key() {
        let bare = IdempotencyKey::parse("8e03978e-40d5").unwrap();
        assert_eq!(IdempotencyKey::parse("\"8e03978e-40d5\"").unwrap(), bare);
        assert_eq!(IdempotencyKey::parse(r#""a\"b\\c""#).unwrap().as_str(), r#"a"b\c"#);
    }

    #[test]
    fn a_key_has_1_to_255_printable_characters() {
        assert!(IdempotencyKey::parse(&"k".repeat(255)).is_ok());
        let overlong = "k".repeat(256);
        for bad in
            ["", "\"\"", "\"", "\"a", "\"a\"b\"", r#""a\n""#, r#""a\""#, "å", "a\tb", &overlong]
        {
            let problem = IdempotencyKey::parse(bad).unwrap_err();
            assert_eq!(problem.code(), "bad_header", "{bad}");
        }
    }
}
