//! A list as CSV (RFC 4180): written and sent piece by piece.

use axum::body::Bytes;
use futures::stream::{self, Stream};
use service_runtime::Problem;

use super::{Cell, Pieces};

/// What tells spreadsheets that a file is UTF-8.
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// The lines of a file; what goes wrong after the first piece cuts the connection, so that half a file is never taken
/// for a whole one.
pub(super) async fn lines<P: Pieces>(
    mut pieces: P,
    mark: bool,
) -> Result<impl Stream<Item = Result<Bytes, Problem>> + Send + 'static, Problem> {
    let headings = pieces.headings().into_iter().map(Cell::from).collect();
    let begins = if mark { BYTE_ORDER_MARK } else { "" };
    // the first piece before the answer begins: a database that is away is a 503
    let mut first = vec![headings];
    first.extend(pieces.next().await?);
    let ready = Some(written(begins, &first)?);
    Ok(stream::try_unfold((pieces, ready), async |(mut pieces, ready)| {
        if let Some(lines) = ready {
            return Ok(Some((lines, (pieces, None))));
        }
        let rows = pieces.next().await?;
        if rows.is_empty() {
            return Ok(None);
        }
        Ok(Some((written("", &rows)?, (pieces, None))))
    }))
}

fn written(begins: &str, rows: &[Vec<Cell>]) -> Result<Bytes, Problem> {
    let mut bytes = Vec::with_capacity(rows.len() * 512);
    bytes.extend_from_slice(begins.as_bytes());
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(bytes);
    for row in rows {
        let cells = row.iter().map(Cell::text);
        let fields: Vec<_> = cells.collect();
        let fields = fields.iter().map(|field| field.as_bytes());
        writer.write_record(fields).map_err(|error| Problem::internal(&error))?;
    }
    let lines = writer.into_inner().map_err(|error| Problem::internal(&error))?;
    Ok(lines.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commas_quotes_and_lines_stay_within_their_cell() {
        let row = ["Fjord, AS", "the \"big\" one", "two\nlines", "=1", ""].map(Cell::from);
        let bytes = written("", &[row.to_vec()]).unwrap();
        let expected = "\"Fjord, AS\",\"the \"\"big\"\" one\",\"two\nlines\",'=1,\r\n";
        assert_eq!(std::str::from_utf8(&bytes).unwrap(), expected);
        let marked = written(BYTE_ORDER_MARK, &[row.to_vec()]).unwrap();
        assert_eq!((&marked[..3], &marked[3..]), (&[0xEF, 0xBB, 0xBF][..], &bytes[..]));
    }
}
