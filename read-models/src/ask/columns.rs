//! Column choice: which members of the entries of a list are answered.

use serde::Serialize;
use serde_json::{Map, Value};
use service_runtime::Problem;
use utoipa::IntoParams;

use super::given::{FromGiven, Given, bad};

/// What is answered of every entry, whatever is chosen.
const ALWAYS: &str = "id";

/// Which columns are asked for.
#[derive(Debug, Clone, Default, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ColumnParam {
    /// Names of members of the entries; only these are answered, and `id`. Default: all.
    #[param(value_type = Option<Vec<String>>, explode = false, example = "number,title,amount")]
    fields: Option<Vec<String>>,
}

impl FromGiven for ColumnParam {
    fn from_given(given: &mut Given) -> Result<Self, Problem> {
        Ok(Self { fields: given.list("fields")? })
    }
}

impl ColumnParam {
    /// The columns, if all of them are known.
    ///
    /// # Errors
    /// 400: one is none of the list's.
    pub fn among(self, known: &[&[&str]]) -> Result<Columns, Problem> {
        let Some(fields) = self.fields else { return Ok(Columns(None)) };
        let known = |field: &str| known.iter().any(|columns| columns.contains(&field));
        match fields.iter().find(|field| !known(field)) {
            Some(unknown) => {
                let unknown: String = unknown.chars().take(60).collect();
                Err(bad("fields", &format!("names {unknown:?}, which is no column of this list")))
            }
            None => Ok(Columns(Some(fields))),
        }
    }
}

/// The columns that are answered; none for all.
#[derive(Debug, Clone, Default)]
pub(crate) struct Columns(Option<Vec<String>>);

/// An entry, or what was chosen of it.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum Shown<T> {
    /// All of it.
    Whole(T),
    /// Some columns.
    Part(Map<String, Value>),
}

impl Columns {
    /// What is shown of some entries.
    pub fn of<T: Serialize>(&self, entries: Vec<T>) -> Result<Vec<Shown<T>>, Problem> {
        let Some(chosen) = &self.0 else {
            return Ok(entries.into_iter().map(Shown::Whole).collect());
        };
        let part = |entry: T| {
            let whole = serde_json::to_value(&entry).map_err(|error| Problem::internal(&error))?;
            let Value::Object(mut part) = whole else { return Ok(Shown::Part(Map::new())) };
            part.retain(|name, _| name == ALWAYS || chosen.contains(name));
            Ok(Shown::Part(part))
        };
        entries.into_iter().map(part).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Serialize)]
    struct Entry {
        id: i32,
        title: &'static str,
        amount: &'static str,
    }

    fn chosen(fields: Option<&str>) -> Result<Columns, Problem> {
        let fields = fields.map(|text| text.split(',').map(str::to_owned).collect());
        ColumnParam { fields }.among(&[&["id", "title"], &["amount"]])
    }

    fn told(fields: Option<&str>) -> String {
        let entries = vec![Entry { id: 1, title: "A", amount: "2" }];
        serde_json::to_string(&chosen(fields).unwrap().of(entries).unwrap()).unwrap()
    }

    #[test]
    fn only_what_is_chosen_is_answered_and_the_id_always() {
        assert_eq!(told(None), r#"[{"id":1,"title":"A","amount":"2"}]"#);
        assert_eq!(told(Some("title")), r#"[{"id":1,"title":"A"}]"#);
        assert_eq!(told(Some("id")), r#"[{"id":1}]"#);
        assert!(told(Some("amount,title,amount")).contains("\"amount\":\"2\""));
    }

    #[test]
    fn a_column_of_another_list_is_refused() {
        let refused = chosen(Some("title,colour")).unwrap_err();
        assert_eq!((refused.code(), refused.status().as_u16()), ("bad_parameter", 400));
        assert!(refused.detail().contains("colour"));
    }
}
