//! Flat input: pairs of a name and a text, as query strings and environments are. Reads them into a
//! struct, each text into the type of its field. Must not know where the pairs come from.

use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, Error, IntoDeserializer, MapAccess, SeqAccess,
    Unexpected, Visitor,
};
use serde::forward_to_deserialize_any;

use crate::json::Fault;

/// What happens to a name the struct does not declare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unknown {
    /// It is a fault `unknown_field`.
    Refused,
    /// It belongs to somebody else.
    Ignored,
}

/// Reads a struct from pairs; the first step of a fault's path is the name at fault.
pub(crate) fn decode<T: DeserializeOwned>(
    pairs: &[(String, String)],
    unknown: Unknown,
) -> Result<T, Fault> {
    T::deserialize(Pairs { pairs, unknown })
}

#[derive(Clone, Copy)]
struct Pairs<'de> {
    pairs: &'de [(String, String)],
    unknown: Unknown,
}

impl<'de> Deserializer<'de> for Pairs<'de> {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        if let Some(repeated) = repeated(self.pairs) {
            return Err(Fault::member(repeated, "repeated_field", "given more than once".into()));
        }
        visitor.visit_map(Members { rest: self.pairs.iter(), current: None })
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        let stranger = self.pairs.iter().find(|(name, _)| !fields.contains(&name.as_str()));
        match (stranger, self.unknown) {
            (Some((name, _)), Unknown::Refused) => Err(Fault::unknown_field(name, fields)),
            (Some(_), Unknown::Ignored) | (None, Unknown::Refused | Unknown::Ignored) => {
                self.deserialize_any(visitor)
            }
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match (self.pairs.first(), self.unknown) {
            (Some((name, _)), Unknown::Refused) => Err(Fault::unknown_field(name, &[])),
            (Some(_), Unknown::Ignored) | (None, Unknown::Refused | Unknown::Ignored) => {
                visitor.visit_unit()
            }
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option
        unit_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

fn repeated(pairs: &[(String, String)]) -> Option<&str> {
    let earlier =
        |index: usize, name: &String| pairs[..index].iter().any(|(other, _)| other == name);
    pairs
        .iter()
        .enumerate()
        .find(|(index, (name, _))| earlier(*index, name))
        .map(|(_, (n, _))| n.as_str())
}

struct Members<'de> {
    rest: std::slice::Iter<'de, (String, String)>,
    current: Option<&'de (String, String)>,
}

impl<'de> MapAccess<'de> for Members<'de> {
    type Error = Fault;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Fault> {
        self.current = self.rest.next();
        self.current.map(|(name, _)| seed.deserialize(Text(name))).transpose()
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, Fault> {
        let (name, text) = self.current.expect("invariant: serde asks for the key first");
        seed.deserialize(Text(text)).map_err(|mut fault| {
            fault.path.under(name);
            fault
        })
    }
}

/// One text, read as whatever type the field has. A list is separated by commas.
#[derive(Clone, Copy)]
struct Text<'de>(&'de str);

/// A number or a truth value is read with `FromStr`.
macro_rules! read_with_from_str {
    ($($method:ident $visit:ident $expected:literal)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
            match self.0.parse() {
                Ok(value) => visitor.$visit(value),
                Err(_) => Err(Fault::invalid_value(Unexpected::Str(self.0), &$expected)),
            }
        }
    )*};
}

impl<'de> Deserializer<'de> for Text<'de> {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_borrowed_str(self.0)
    }

    read_with_from_str! {
        deserialize_bool visit_bool "true or false"
        deserialize_i8 visit_i8 "a whole number"
        deserialize_i16 visit_i16 "a whole number"
        deserialize_i32 visit_i32 "a whole number"
        deserialize_i64 visit_i64 "a whole number"
        deserialize_u8 visit_u8 "a whole number, not negative"
        deserialize_u16 visit_u16 "a whole number, not negative"
        deserialize_u32 visit_u32 "a whole number, not negative"
        deserialize_u64 visit_u64 "a whole number, not negative"
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let rest = if self.0.is_empty() { None } else { Some(self.0) };
        visitor.visit_seq(Items { rest })
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        visitor.visit_enum(self.0.into_deserializer())
    }

    forward_to_deserialize_any! {
        i128 u128 f32 f64 char str string bytes byte_buf unit unit_struct tuple tuple_struct map
        struct identifier ignored_any
    }
}

struct Items<'de> {
    rest: Option<&'de str>,
}

impl<'de> SeqAccess<'de> for Items<'de> {
    type Error = Fault;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Fault> {
        let Some(rest) = self.rest else {
            return Ok(None);
        };
        let item = match rest.split_once(',') {
            Some((item, rest)) => {
                self.rest = Some(rest);
                item
            }
            None => {
                self.rest = None;
                rest
            }
        };
        seed.deserialize(Text(item.trim())).map(Some)
    }
}
