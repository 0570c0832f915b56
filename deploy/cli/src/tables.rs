//! Tables for people: columns, alignment, grouped digits. Machines use `--json` and never meet these.

use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{Cell, CellAlignment, ContentArrangement, Table};

/// What stands before a row that is overdue; red on a terminal.
pub const MARK: &str = "●";

/// A column of a table.
#[derive(Debug, Clone)]
pub struct Column {
    title: String,
    alignment: CellAlignment,
}

impl Column {
    /// Words.
    pub fn left(title: &str) -> Self {
        Self { title: title.to_owned(), alignment: CellAlignment::Left }
    }

    /// Figures.
    pub fn right(title: &str) -> Self {
        Self { title: title.to_owned(), alignment: CellAlignment::Right }
    }
}

/// Draws a table; lines are never wrapped, so each row stays one line in a pipe.
pub fn render(columns: &[Column], rows: impl Iterator<Item = Vec<String>>) -> String {
    let mut table = Table::new();
    table.load_style(UTF8_FULL_CONDENSED).set_content_arrangement(ContentArrangement::Disabled);
    let cell = |(column, text): (&Column, String)| Cell::new(text).set_alignment(column.alignment);
    table.set_header(
        columns.iter().map(|column| cell((column, column.title.clone()))).collect::<Vec<_>>(),
    );
    for row in rows {
        table.add_row(columns.iter().zip(row).map(cell).collect::<Vec<_>>());
    }
    table.trim_fmt()
}

/// Digits in threes: `1134672.00` becomes `1 134 672.00`. Anything that is no plain number stays as it is.
pub fn grouped(number: &str) -> String {
    let (sign, rest) = number.strip_prefix('-').map_or(("", number), |rest| ("-", rest));
    let (whole, decimals) = rest.find('.').map_or((rest, ""), |at| rest.split_at(at));
    if whole.is_empty() || !whole.bytes().all(|byte| byte.is_ascii_digit()) {
        return number.to_owned();
    }
    let mut text = sign.to_owned();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place) % 3 == 0 {
            text.push(' ');
        }
        text.push(digit);
    }
    text + decimals
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_grouped_in_threes() {
        for (number, expected) in [
            ("0", "0"),
            ("999.50", "999.50"),
            ("1134672", "1 134 672"),
            ("-10005534.00", "-10 005 534.00"),
            ("–", "–"),
        ] {
            assert_eq!(grouped(number), expected);
        }
    }

    #[test]
    fn figures_stand_right_and_words_left() {
        let rows = [
            vec!["Prospecting".to_owned(), "500".to_owned()],
            vec!["Won".to_owned(), "4 238".to_owned()],
        ];
        let drawn = render(&[Column::left("stage"), Column::right("count")], rows.into_iter());
        let expected = "\
┌─────────────┬───────┐
│ stage       ┆ count │
╞═════════════╪═══════╡
│ Prospecting ┆   500 │
│ Won         ┆ 4 238 │
└─────────────┴───────┘";
        assert_eq!(drawn, expected);
    }
}
