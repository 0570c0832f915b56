//! The text syntax: `status one_of open,stalled and amount gt 5000 or title contains "fjord, erp"`.
//!
//! `and` binds tighter than `or`; there are no parentheses. Values are separated by commas; one that is empty, is `and` or
//! `or`, or has a space, comma, quotation mark or backslash stands in quotation marks, in which a backslash goes before
//! quotation marks and backslashes. What is written is what is read back.

use std::fmt::{self, Write};

use super::fault::Fault;
use super::field::Field;
use super::operator::Operator;
use super::{Block, Criteria, Criterion, TEXT_BYTES_MAX, VALUES_MAX};

/// Reads criteria; an empty text asks nothing.
pub(super) fn read(text: &str) -> Result<Criteria, Fault> {
    if text.len() > TEXT_BYTES_MAX {
        return Err(Fault::TooMany { what: "bytes", most: TEXT_BYTES_MAX });
    }
    let mut reader = Reader { text, at: 0 };
    let (mut any, mut all) = (Vec::new(), Vec::new());
    if reader.peek().is_none() {
        return Criteria::new(any);
    }
    loop {
        all.push(reader.criterion()?);
        match reader.joint()? {
            Some(Joint::And) => {}
            Some(Joint::Or) => any.push(Block::new(std::mem::take(&mut all))?),
            None => break,
        }
    }
    any.push(Block::new(all)?);
    Criteria::new(any)
}

/// What stands between two criteria.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Joint {
    And,
    Or,
}

impl Joint {
    fn parse(word: &str) -> Option<Self> {
        if word.eq_ignore_ascii_case("and") {
            return Some(Self::And);
        }
        word.eq_ignore_ascii_case("or").then_some(Self::Or)
    }
}

/// Whether a character ends a word.
fn ends_word(letter: char) -> bool {
    letter.is_whitespace() || letter == ',' || letter == '"'
}

struct Reader<'a> {
    text: &'a str,
    /// Bytes that are read.
    at: usize,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    /// The next character that is no space.
    fn peek(&mut self) -> Option<char> {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
        self.rest().chars().next()
    }

    fn expected(&self, expected: &'static str) -> Fault {
        Fault::Syntax { at: self.text[..self.at].chars().count() + 1, expected }
    }

    /// The word that begins here, without taking it.
    fn word(&mut self) -> &'a str {
        self.peek();
        let rest = self.rest();
        &rest[..rest.find(ends_word).unwrap_or(rest.len())]
    }

    fn take_word(&mut self, expected: &'static str) -> Result<&'a str, Fault> {
        let word = self.word();
        if word.is_empty() || Joint::parse(word).is_some() {
            return Err(self.expected(expected));
        }
        self.at += word.len();
        Ok(word)
    }

    fn criterion(&mut self) -> Result<Criterion, Fault> {
        let field = Field::parse(self.take_word("a field")?)?;
        let operator = Operator::parse(self.take_word("an operator")?)?;
        let mut values = Vec::new();
        if self.peek().is_some() && Joint::parse(self.word()).is_none() {
            values.push(self.value()?);
            while self.peek() == Some(',') {
                self.at += 1;
                if values.len() == VALUES_MAX {
                    return Err(Fault::TooMany { what: "values", most: VALUES_MAX });
                }
                values.push(self.value()?);
            }
        }
        Criterion::new(field, operator, values)
    }

    fn value(&mut self) -> Result<String, Fault> {
        if self.peek() == Some('"') {
            return self.quoted();
        }
        self.take_word("a value").map(str::to_owned)
    }

    fn quoted(&mut self) -> Result<String, Fault> {
        let mut value = String::new();
        let mut letters = self.rest().char_indices().skip(1);
        while let Some((at, letter)) = letters.next() {
            match letter {
                '"' => {
                    self.at += at + 1;
                    return Ok(value);
                }
                '\\' => match letters.next() {
                    Some((_, escaped @ ('"' | '\\'))) => value.push(escaped),
                    Some(_) | None => {
                        self.at += at + 1;
                        return Err(self.expected("a quotation mark or a backslash"));
                    }
                },
                letter => value.push(letter),
            }
        }
        self.at = self.text.len();
        Err(self.expected("a closing quotation mark"))
    }

    /// What joins the next criterion; none at the end.
    fn joint(&mut self) -> Result<Option<Joint>, Fault> {
        if self.peek().is_none() {
            return Ok(None);
        }
        let word = self.word();
        let joint = Joint::parse(word).ok_or_else(|| self.expected("and, or, or a comma"))?;
        self.at += word.len();
        Ok(Some(joint))
    }
}

impl fmt::Display for Criteria {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, block) in self.any.iter().enumerate() {
            if number > 0 {
                f.write_str(" or ")?;
            }
            for (number, criterion) in block.all.iter().enumerate() {
                if number > 0 {
                    f.write_str(" and ")?;
                }
                criterion.fmt(f)?;
            }
        }
        Ok(())
    }
}

impl fmt::Display for Criterion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.field, self.operator)?;
        for (number, value) in self.values.iter().enumerate() {
            f.write_char(if number == 0 { ' ' } else { ',' })?;
            write_value(value, f)?;
        }
        Ok(())
    }
}

fn write_value(value: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let plain = !value.is_empty()
        && Joint::parse(value).is_none()
        && !value.contains(|letter: char| ends_word(letter) || letter == '\\');
    if plain {
        return f.write_str(value);
    }
    f.write_char('"')?;
    for letter in value.chars() {
        if letter == '"' || letter == '\\' {
            f.write_char('\\')?;
        }
        f.write_char(letter)?;
    }
    f.write_char('"')
}
