//! Dates and instants as sources write them, as the contract wants them. All dates begin at 00:00 UTC.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};

/// A date in the source's own format, or ISO 8601.
pub fn date(text: &str, format: &str) -> Result<NaiveDate, String> {
    NaiveDate::parse_from_str(text, format)
        .or_else(|_| NaiveDate::parse_from_str(text, "%Y-%m-%d"))
        .map_err(|_| format!("`{text}` is no date of the form {format}"))
}

/// An RFC 3339 instant, or the start of a date.
pub fn instant(text: &str, format: &str) -> Result<DateTime<Utc>, String> {
    if let Ok(instant) = DateTime::parse_from_rfc3339(text) {
        return Ok(instant.to_utc());
    }
    Ok(date(text, format)?.and_time(NaiveTime::MIN).and_utc())
}

/// An instant as it goes over the wire.
pub fn wire(instant: DateTime<Utc>) -> String {
    instant.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_in_the_sources_format_or_as_iso() {
        assert_eq!(date("01.03.2017", "%d.%m.%Y").unwrap().to_string(), "2017-03-01");
        assert_eq!(date("2017-03-01", "%d.%m.%Y").unwrap().to_string(), "2017-03-01");
        assert_eq!(
            date("2017-02-29", "%Y-%m-%d").unwrap_err(),
            "`2017-02-29` is no date of the form %Y-%m-%d"
        );
    }

    #[test]
    fn an_instant_is_taken_as_it_is_and_a_date_begins_its_day() {
        assert_eq!(wire(instant("2017-12-31", "%Y-%m-%d").unwrap()), "2017-12-31T00:00:00Z");
        assert_eq!(
            wire(instant("2017-12-31T10:00:00+01:00", "%Y-%m-%d").unwrap()),
            "2017-12-31T09:00:00Z"
        );
    }
}
