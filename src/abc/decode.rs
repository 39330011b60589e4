//! From the bytes of a file to text.

/// The text of a file. Bytes that are no UTF-8 are taken as Latin 1, as old tunebooks have it (§2.2).
pub fn decode(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_else(|error| error.into_bytes().into_iter().map(char::from).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_and_new_files_are_read() {
        assert_eq!(decode("T:Réel".as_bytes().to_vec()), "T:Réel");
        assert_eq!(decode(b"T:R\xe9el".to_vec()), "T:Réel");
    }
}
