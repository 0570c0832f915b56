//! What a sale is linked to (SO-29): addresses and records, each known by its target and shown by its name.

use std::fmt;

use serde::{Deserialize, Serialize};
use url::Url;
use uuid::Uuid;

use crate::values::{ParseError, TypeName};

/// Characters of an address at most.
const ADDRESS_MAX: usize = 2_048;

/// Schemes a person can follow without harm.
const SCHEMES: [&str; 3] = ["http", "https", "mailto"];

/// What kind of thing a link leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkKind {
    /// An address on the web or of a mailbox.
    Url,
    /// Another sale.
    Sale,
    /// A follow-up.
    Activity,
    /// A document.
    Document,
    /// A project.
    Project,
    /// A company.
    Company,
    /// A person.
    Contact,
}

/// What a link leads to; a sale is linked to a target once.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "RawTarget", into = "RawTarget")]
pub struct LinkTarget {
    kind: LinkKind,
    target: String,
}

impl LinkTarget {
    /// An address for a link of kind `url`, a UUID for every other.
    ///
    /// # Errors
    /// The rule that the target breaks.
    pub fn parse(kind: LinkKind, target: &str) -> Result<Self, ParseError> {
        let target = match kind {
            LinkKind::Url => address(target)?,
            LinkKind::Sale
            | LinkKind::Activity
            | LinkKind::Document
            | LinkKind::Project
            | LinkKind::Company
            | LinkKind::Contact => record(target)?,
        };
        Ok(Self { kind, target })
    }

    /// What kind of thing it is.
    #[must_use]
    pub fn kind(&self) -> LinkKind {
        self.kind
    }

    /// The address, or the id of the record.
    #[must_use]
    pub fn target(&self) -> &str {
        &self.target
    }
}

/// An address as it was given, once it is known to be one.
fn address(text: &str) -> Result<String, ParseError> {
    let rule = |rule| ParseError::new("address", rule);
    if text.chars().count() > ADDRESS_MAX {
        return Err(rule("must be at most 2048 characters"));
    }
    if text.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err(rule("must not hold blanks or control characters"));
    }
    let url = Url::parse(text)
        .map_err(|_| rule("must be a whole address such as https://example.com"))?;
    if !SCHEMES.contains(&url.scheme()) {
        return Err(rule("must begin with http:, https: or mailto:"));
    }
    if url.password().is_some() {
        return Err(rule("must not hold a password"));
    }
    Ok(text.to_owned())
}

fn record(text: &str) -> Result<String, ParseError> {
    let id = Uuid::try_parse(text);
    id.map(|id| id.to_string()).map_err(|_| ParseError::new("target", "must be a UUID"))
}

#[derive(Serialize, Deserialize)]
struct RawTarget {
    kind: LinkKind,
    target: String,
}

impl TryFrom<RawTarget> for LinkTarget {
    type Error = ParseError;
    fn try_from(raw: RawTarget) -> Result<Self, ParseError> {
        Self::parse(raw.kind, &raw.target)
    }
}

impl From<LinkTarget> for RawTarget {
    fn from(link: LinkTarget) -> Self {
        Self { kind: link.kind, target: link.target }
    }
}

/// A target with the name it is shown by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "RawLink", into = "RawLink")]
pub struct Link {
    /// What it leads to.
    pub to: LinkTarget,
    /// What people read.
    pub name: TypeName,
}

impl Link {
    /// Adds it to links; a target that is among them gets the new name in its place.
    pub fn join(&self, links: &mut Vec<Self>) {
        match links.iter_mut().find(|known| known.to == self.to) {
            Some(known) => known.name = self.name.clone(),
            None => links.push(self.clone()),
        }
    }
}

impl LinkTarget {
    /// Takes the link to it out of links.
    pub fn leave(&self, links: &mut Vec<Link>) {
        links.retain(|known| known.to != *self);
    }
}

#[derive(Serialize, Deserialize)]
struct RawLink {
    kind: LinkKind,
    target: String,
    name: TypeName,
}

impl TryFrom<RawLink> for Link {
    type Error = ParseError;
    fn try_from(raw: RawLink) -> Result<Self, ParseError> {
        Ok(Self { to: LinkTarget::parse(raw.kind, &raw.target)?, name: raw.name })
    }
}

impl From<Link> for RawLink {
    fn from(link: Link) -> Self {
        Self { kind: link.to.kind, target: link.to.target, name: link.name }
    }
}

impl fmt::Display for LinkTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.target)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_leads_to_the_web_or_to_a_mailbox_so_29() {
        let url = |text: &str| LinkTarget::parse(LinkKind::Url, text);
        for good in ["https://example.com/a?b=c#d", "http://[::1]:8080/", "mailto:ola@example.com"]
        {
            assert_eq!(url(good).unwrap().target(), good);
        }
        for bad in [
            "javascript:alert(1)",
            "JaVaScRiPt:alert(1)",
            "data:text/html,x",
            "file:///etc/passwd",
            "ftp://example.com",
            "//example.com",
            "example.com",
            "https://",
            "https://exa mple.com",
            "https://example.com/\u{0}",
            " https://example.com",
            "java\nscript:alert(1)",
            "https://ola:secret@example.com",
            "",
        ] {
            assert!(url(bad).is_err(), "{bad:?}");
        }
        let long = |n: usize| format!("https://example.com/{}", "a".repeat(n - 20));
        assert!(url(&long(2_048)).is_ok() && url(&long(2_049)).is_err());
    }

    #[test]
    fn a_record_is_known_by_its_id_in_one_spelling_so_29() {
        let id = Uuid::from_u128(0xABCD).to_string();
        let shouted = LinkTarget::parse(LinkKind::Sale, &id.to_uppercase()).unwrap();
        assert_eq!(shouted, LinkTarget::parse(LinkKind::Sale, &id).unwrap());
        assert!(LinkTarget::parse(LinkKind::Project, "https://example.com").is_err());
    }
}
