//! Random bytes from the operating system, for passwords and keys. Never for ids.

use std::fs::File;
use std::io::Read;

use anyhow::{Context, Result};

/// `N` unpredictable bytes.
///
/// # Errors
/// When the system has no `/dev/urandom`.
pub fn bytes<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    let mut source = File::open("/dev/urandom").context("the system offers no /dev/urandom")?;
    source.read_exact(&mut bytes).context("/dev/urandom gave no bytes")?;
    Ok(bytes)
}

/// A new password: 48 hexadecimal digits, safe in URLs, SQL and configuration files.
///
/// # Errors
/// As [`bytes`].
pub fn password() -> Result<String> {
    Ok(hex(&bytes::<24>()?))
}

/// Lower-case hexadecimal digits of `bytes`.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_passwords_differ_and_need_no_quoting() {
        let (one, two) = (password().unwrap(), password().unwrap());
        assert_ne!(one, two);
        assert_eq!(one.len(), 48);
        assert!(one.chars().all(|c| c.is_ascii_hexdigit()));
    }
}
