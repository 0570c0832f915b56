//! An event as the adjacently tagged enums read it, `{"type":…,"data":…}`, straight from its name and stored bytes:
//! the form is acted out for serde and never built. Knows no event.

use serde::de::value::StrDeserializer;
use serde::de::{Deserialize, DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, Visitor};
use serde::forward_to_deserialize_any;
use serde_json::Error;

/// Reads a fact of type `kind` from its payload, all of it.
///
/// # Errors
/// The payload is no JSON, more than one value, or not of the shape of its type.
pub(crate) fn read<'de, E: Deserialize<'de>>(kind: &str, payload: &'de [u8]) -> Result<E, Error> {
    let mut data = serde_json::Deserializer::from_slice(payload);
    let fact = E::deserialize(Tagged { kind, data: &mut data, next: Next::Kind })?;
    data.end()?;
    Ok(fact)
}

/// What the enum asks for next.
enum Next {
    Kind,
    Data,
    End,
}

/// The tagged form of one fact.
struct Tagged<'a, R> {
    kind: &'a str,
    data: &'a mut serde_json::Deserializer<R>,
    next: Next,
}

impl<'de, R: serde_json::de::Read<'de>> Deserializer<'de> for Tagged<'_, R> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_map(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

impl<'de, R: serde_json::de::Read<'de>> MapAccess<'de> for Tagged<'_, R> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Error> {
        let key = match self.next {
            Next::Kind => "type",
            Next::Data => "data",
            Next::End => return Ok(None),
        };
        let key: StrDeserializer<'_, Error> = key.into_deserializer();
        seed.deserialize(key).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Error> {
        if matches!(self.next, Next::Kind) {
            self.next = Next::Data;
            let kind: StrDeserializer<'_, Error> = self.kind.into_deserializer();
            return seed.deserialize(kind);
        }
        self.next = Next::End;
        seed.deserialize(&mut *self.data)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SaleEvent;

    #[test]
    fn a_fact_is_all_of_its_payload_and_nothing_else() {
        let fact: SaleEvent = read("sale.completed", b" {} ").unwrap();
        assert_eq!(fact, SaleEvent::Completed {});
        for damaged in ["", "{", "{}}", "{} {}", "{},\"type\":\"sale.lost\"", "7"] {
            let read: Result<SaleEvent, Error> = read("sale.completed", damaged.as_bytes());
            assert!(read.is_err(), "{damaged}");
        }
    }
}
