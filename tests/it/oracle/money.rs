//! Money by hand: hundredths as whole numbers, halves away from zero, the fixture's two rates. Shares nothing with the
//! product's own arithmetic.

/// A currency of the histories; both have two places.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Currency {
    /// The base currency.
    Eur,
    /// 100 of it are 12.677 EUR.
    Nok,
}

impl Currency {
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::Eur => "EUR",
            Self::Nok => "NOK",
        }
    }

    /// Hundredths of it in hundredths of a euro.
    pub(super) fn in_euros(self, hundredths: i128) -> i128 {
        match self {
            Self::Eur => hundredths,
            Self::Nok => divided(hundredths * 12_677, 100_000),
        }
    }
}

/// A quotient, halves away from zero.
pub(super) fn divided(what: i128, by: i128) -> i128 {
    let rounded = (what.abs() * 2 + by) / (by * 2);
    if what < 0 { -rounded } else { rounded }
}

/// Hundredths as a decimal.
pub(super) fn text(hundredths: i128) -> String {
    let sign = if hundredths < 0 { "-" } else { "" };
    let hundredths = hundredths.abs();
    format!("{sign}{}.{:02}", hundredths / 100, hundredths % 100)
}

#[test]
fn halves_go_away_from_zero_and_kroner_become_euros() {
    assert_eq!([divided(5, 2), divided(-5, 2), divided(4, 3)], [3, -3, 1]);
    assert_eq!(text(Currency::Nok.in_euros(50_000_000)), "63385.00");
    assert_eq!([text(-5), text(100), text(-12_345)], ["-0.05", "1.00", "-123.45"]);
}
