//! Words for a POSIX shell: commands that are printed can be pasted.

/// The text as one word: as it is where it is plain, else between quotes.
pub fn quoted(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_-./:@%+=,".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_stays_one_in_a_shell() {
        let words = ["/tmp/a.b", "", "it's", "a b", "$HOME", "CORP\\anna"].map(quoted);
        assert_eq!(words, ["/tmp/a.b", "''", r"'it'\''s'", "'a b'", "'$HOME'", r"'CORP\anna'"]);
    }
}
