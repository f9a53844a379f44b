//! Percent-encoding, of names and addresses alike.

const DIGITS: [char; 16] =
    ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F'];

/// Adds one encoded byte.
pub fn push(out: &mut String, byte: u8) {
    let digit = |value: u8| DIGITS.get(usize::from(value)).copied();
    out.push('%');
    out.extend([digit(byte >> 4), digit(byte & 15)].into_iter().flatten());
}

/// The byte that two digits after a `%` encode.
pub fn byte(high: u8, low: u8) -> Option<u8> {
    let digit = |byte| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    Some(digit(high)? * 16 + digit(low)?)
}

/// `text` without one layer of encoding. What is not UTF-8 then, becomes `U+FFFD`.
pub fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        let encoded = match (first, tail) {
            (b'%', [high, low, tail @ ..]) => byte(*high, *low).map(|byte| (byte, tail)),
            _ => None,
        };
        let (byte, tail) = encoded.unwrap_or((*first, tail));
        bytes.push(byte);
        rest = tail;
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
