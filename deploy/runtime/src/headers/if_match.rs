//! `If-Match`: the version the client has seen.

use crate::problem::Problem;

/// What a command demands of the present version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IfMatch {
    /// `*`: it exists, in whatever version.
    Any,
    /// `"3"`: it is exactly at this version.
    Version(i64),
}

impl IfMatch {
    /// Reads a header value: `"<version>"` or `W/"<version>-<hash>"`, as the `ETag` of an answer had it, or `*`.
    ///
    /// # Errors
    /// 400 `bad_header`.
    pub fn parse(text: &str) -> Result<Self, Problem> {
        if text == "*" {
            return Ok(Self::Any);
        }
        let quoted = |text: &str| -> Option<String> {
            Some(text.strip_prefix('"')?.strip_suffix('"')?.to_owned())
        };
        // the hash tells answers about one version apart; what is demanded is the version
        let hashed = text.strip_prefix("W/").and_then(quoted);
        let hashed = hashed.and_then(|inner| Some(inner.split_once('-')?.0.to_owned()));
        let version = quoted(text).or(hashed);
        let version = version.filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()));
        match version.and_then(|digits| digits.parse().ok()) {
            Some(version) => Ok(Self::Version(version)),
            None => Err(Problem::bad_header(
                "if-match",
                "must be \"<version>\" in quotes, the ETag of an answer, or *",
            )),
        }
    }

    /// Whether `version` (0 = does not exist) is what was demanded.
    #[must_use]
    pub fn admits(self, version: i64) -> bool {
        match self {
            Self::Any => version > 0,
            Self::Version(demanded) => demanded == version,
        }
    }
}

super::extract_header!(IfMatch, "if-match");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_stands_in_quotes() {
        assert_eq!(IfMatch::parse("\"3\"").unwrap(), IfMatch::Version(3));
        assert_eq!(IfMatch::parse("*").unwrap(), IfMatch::Any);
        assert_eq!(IfMatch::parse("W/\"3-09af\"").unwrap(), IfMatch::Version(3));
        let huge = "\"99999999999999999999\"";
        for bad in [
            "",
            "3",
            "\"\"",
            "\"a\"",
            "\"-1\"",
            "\"+1\"",
            "W/\"3\"",
            "W/\"-\"",
            "W/\"3-",
            "\"3-09af\"",
            "\"1\", \"2\"",
            huge,
        ] {
            assert_eq!(IfMatch::parse(bad).unwrap_err().code(), "bad_header", "{bad}");
        }
    }

    #[test]
    fn a_star_admits_whatever_exists() {
        assert!(IfMatch::Any.admits(1) && !IfMatch::Any.admits(0));
        assert!(IfMatch::Version(2).admits(2) && !IfMatch::Version(2).admits(3));
    }
}
