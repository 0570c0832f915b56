//! Which characters a text may hold: a name is one line of characters that show, a text of several lines has breaks and
//! tabs besides.
//!
//! Asked where a command is read and where it is decided. Never where a stored fact is decoded: what was accepted once is
//! read for ever.

use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

/// What [`Lines`] is called to whoever reads it.
pub const SEVERAL: &str = "text of several lines";

/// A text that may have several lines. Its name tells a reader of commands that it is more than a line; every other
/// reader takes it for the text it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename = "text of several lines")]
pub struct Lines(String);

impl From<String> for Lines {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl AsRef<str> for Lines {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

/// Characters that show nothing and change how their neighbours are read: `char::is_control` leaves these out.
const UNSEEN: [RangeInclusive<char>; 6] = [
    '\u{200b}'..='\u{200b}', // a space without width
    '\u{200e}'..='\u{200f}', // marks of direction
    '\u{2028}'..='\u{202e}', // ends of lines and paragraphs; embedded and overridden directions
    '\u{2060}'..='\u{2064}', // joiner of words, operators nobody sees
    '\u{2066}'..='\u{206f}', // isolated directions, and forms that Unicode gave up
    '\u{feff}'..='\u{feff}', // mark of byte order
];

/// Needed inside emoji and by scripts whose letters join: they are in their place between two characters that show.
pub const JOINERS: [char; 2] = ['\u{200c}', '\u{200d}'];

/// In their place beside others, and nothing to read by themselves: what is left of Default_Ignorable_Code_Point of
/// Unicode 16, and the empty cell of Braille.
const NOTHING_ALONE: [RangeInclusive<char>; 11] = [
    '\u{ad}'..='\u{ad}',       // where a word may be broken
    '\u{34f}'..='\u{34f}',     // joiner of graphemes
    '\u{61c}'..='\u{61c}',     // mark of direction of Arabic
    '\u{115f}'..='\u{1160}',   // fillers of Hangul
    '\u{17b4}'..='\u{17b5}',   // inherent vowels of Khmer
    '\u{180b}'..='\u{180f}',   // selectors of Mongolian
    '\u{2800}'..='\u{2800}',   // the empty cell
    '\u{3164}'..='\u{3164}',   // filler of Hangul
    '\u{fe00}'..='\u{fe0f}',   // selectors of variations, of emoji too
    '\u{ffa0}'..='\u{ffa0}',   // filler of Hangul, narrow
    '\u{e0000}'..='\u{e0fff}', // tags of flags, more selectors
];

fn among(ranges: &[RangeInclusive<char>], c: char) -> bool {
    ranges.iter().any(|range| range.contains(&c))
}

/// Whether a line has no place for it.
fn breaks_line(c: char) -> bool {
    c.is_control() || among(&UNSEEN, c)
}

/// Whether there is nothing to read in a text.
pub fn is_blank(text: &str) -> bool {
    text.chars().all(|c| {
        c.is_whitespace() || breaks_line(c) || JOINERS.contains(&c) || among(&NOTHING_ALONE, c)
    })
}

/// Whether a text, without the blanks around it, is one line of characters that show.
///
/// # Errors
/// The rule it breaks.
pub fn line(text: &str) -> Result<(), &'static str> {
    let text = text.trim();
    if text.chars().any(breaks_line) {
        return Err("must be one line, without control characters and characters that do not show");
    }
    let beside = |c: char| !c.is_whitespace() && !JOINERS.contains(&c);
    let mut before = None;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let joins = before.is_some_and(beside) && chars.peek().copied().is_some_and(beside);
        if JOINERS.contains(&c) && !joins {
            return Err("must have joiners (U+200C, U+200D) between two other characters only");
        }
        before = Some(c);
    }
    Ok(())
}

/// Whether a text, without the blanks around it, holds no control characters but ends of lines and tabs.
///
/// # Errors
/// The rule it breaks.
pub fn lines(text: &str) -> Result<(), &'static str> {
    let mut chars = text.trim().chars().peekable();
    while let Some(c) = chars.next() {
        let fits = match c {
            '\n' | '\t' => true,
            '\r' => chars.peek() == Some(&'\n'),
            c => !c.is_control(),
        };
        if !fits {
            return Err("must not hold control characters other than ends of lines and tabs");
        }
    }
    Ok(())
}

/// A stored text as a line: whatever a line has no place for is a blank, and a blank is one.
pub fn readable(text: &str) -> String {
    if line(text).is_ok() {
        return text.to_owned();
    }
    let shown = text.replace(|c: char| breaks_line(c) || JOINERS.contains(&c), " ");
    shown.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_holds_what_people_write() {
        for good in [
            "Fjord ERP",
            "  Fjord ERP\n",
            "Ærfuglvægen 3 – «Å»",
            "営業\u{3000}案件",
            "מכירה ראשונה",
            // a family, a flag with tags, a heart on fire: joiners, tags and selectors between what shows
            "Team 👩\u{200d}👩\u{200d}👧",
            "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
            "❤\u{fe0f}\u{200d}🔥 campaign",
            // Persian and Hindi need joiners inside their words
            "نمی\u{200c}خواهم",
            "क\u{94d}\u{200d}ष",
            "private \u{e000}, unassigned \u{378}",
            "soft\u{ad}hyphen",
        ] {
            assert_eq!(line(good), Ok(()), "{good:?}");
            assert!(!is_blank(good), "{good:?}");
            assert_eq!(readable(good), good);
        }
    }

    #[test]
    fn a_line_holds_nothing_that_breaks_it_or_does_not_show() {
        let controls = ('\0'..='\u{1f}').chain('\u{7f}'..='\u{9f}');
        let unseen = ('\u{200b}'..='\u{200f}')
            .filter(|c| !JOINERS.contains(c))
            .chain('\u{2028}'..='\u{202e}')
            .chain('\u{2060}'..='\u{2064}')
            .chain('\u{2066}'..='\u{2069}')
            .chain(['\u{feff}']);
        let mut judged = 0;
        for bad in controls.chain(unseen) {
            assert!(line(&format!("Fjord{bad}ERP")).is_err(), "{bad:?}");
            assert_eq!(readable(&format!("Fjord{bad}ERP")), "Fjord ERP", "{bad:?}");
            assert!(is_blank(&format!(" {bad}")), "{bad:?}");
            judged += 1;
        }
        assert_eq!(judged, 32 + 33 + 3 + 7 + 5 + 4 + 1);
    }

    #[test]
    fn a_joiner_stands_between_two_others() {
        for joiner in JOINERS {
            for bad in [
                format!("{joiner}Fjord"),
                format!("Fjord{joiner}"),
                format!(" {joiner}Fjord"),
                format!("Fjord{joiner} ERP"),
                format!("Fjord {joiner}ERP"),
                format!("Fjord\u{a0}{joiner}ERP"),
                format!("Fj{joiner}{joiner}ord"),
            ] {
                assert!(line(&bad).is_err(), "{bad:?}");
            }
            assert_eq!(line(&format!("Fj{joiner}ord")), Ok(()));
        }
    }

    #[test]
    fn nothing_to_read_is_blank() {
        for nothing in
            ["", " \t\r\n", "\u{3000}", "\u{200b}", "\u{200d}\u{200c}", "\u{feff} \u{2060}"]
        {
            assert!(is_blank(nothing), "{nothing:?}");
        }
        for nothing in
            ["\u{ad}", "\u{3164}", "\u{115f}\u{1160}", "\u{2800}", "\u{fe0f}", "\u{e0041}"]
        {
            assert!(is_blank(nothing), "{nothing:?}");
        }
        assert!(!is_blank("\u{200b}x"));
    }

    #[test]
    fn a_text_has_ends_of_lines_and_tabs_and_no_other_control_characters() {
        for good in ["one\ntwo", "one\r\ntwo\r\n", "a\tb", "\u{200f}שלום\u{200e}", "\n\none"] {
            assert_eq!(lines(good), Ok(()), "{good:?}");
        }
        let controls = ('\0'..='\u{1f}').chain('\u{7f}'..='\u{9f}');
        for bad in controls.filter(|c| !['\n', '\t'].contains(c)) {
            assert!(lines(&format!("one{bad}two")).is_err(), "{bad:?}");
        }
        assert!(lines("one\r\rtwo").is_err() && lines("one\n\rtwo").is_err());
    }

    #[test]
    fn several_lines_are_known_by_their_name() {
        use serde::de::value::{Error, StrDeserializer};
        use serde::de::{Deserializer, IntoDeserializer, Visitor};
        struct Named(&'static str);
        impl<'de> Deserializer<'de> for Named {
            type Error = Error;
            fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Error> {
                Err(serde::de::Error::custom("has no name"))
            }
            fn deserialize_newtype_struct<V: Visitor<'de>>(
                self,
                name: &'static str,
                visitor: V,
            ) -> Result<V::Value, Error> {
                assert_eq!(name, self.0);
                let text: StrDeserializer<'_, Error> = "one\ntwo".into_deserializer();
                visitor.visit_newtype_struct(text)
            }
            serde::forward_to_deserialize_any! {
                bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf
                option unit unit_struct seq tuple tuple_struct map struct enum identifier ignored_any
            }
        }
        let read = Lines::deserialize(Named(SEVERAL)).unwrap();
        assert_eq!(read, Lines::from("one\ntwo".to_owned()));
        assert_eq!(serde_json::to_string(&read).unwrap(), r#""one\ntwo""#);
    }
}
