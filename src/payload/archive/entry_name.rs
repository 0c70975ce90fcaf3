//! Names of archive entries: which are safe, and in which form they are compared.

use crate::domain::error::quoted;

/// The name with `/` between its parts, without empty ones and `.`; or what is wrong, as (expected, found).
///
/// `\` separates too: older PowerShell writes it. Nothing is ever written to the file system by such a
/// name, but people see it, and what it names elsewhere must be nothing dangerous.
pub(super) fn safe_name(raw: &[u8]) -> Result<String, (&'static str, String)> {
    let name = std::str::from_utf8(raw)
        .map_err(|_| ("an entry name in UTF-8", quoted(&String::from_utf8_lossy(raw))))?;
    if name.chars().any(char::is_control) {
        return Err(("an entry name without control characters", quoted(name)));
    }
    let name = name.replace('\\', "/");
    let drive = name.as_bytes().first().is_some_and(u8::is_ascii_alphabetic) && name[1..].starts_with(':');
    if name.starts_with('/') || drive {
        return Err(("a relative entry name", quoted(&name)));
    }
    if name.split('/').any(|part| part == "..") {
        return Err(("an entry name without ..", quoted(&name)));
    }
    let parts: Vec<&str> = name.split('/').filter(|part| !matches!(*part, "" | ".")).collect();
    if parts.is_empty() {
        return Err(("an entry name", quoted(&name)));
    }
    Ok(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::safe_name;

    #[test]
    fn a_backslash_separates_and_empty_parts_vanish() {
        assert_eq!(safe_name(br"a\b//./c.json").as_deref(), Ok("a/b/c.json"));
        assert_eq!(safe_name("Größe/ä.lic".as_bytes()).as_deref(), Ok("Größe/ä.lic"));
    }

    #[test]
    fn names_that_lead_elsewhere_are_refused() {
        for raw in [
            &b"/etc/passwd"[..],
            b"\\\\host\\share",
            b"C:\\x",
            b"c:x",
            b"a/../../b",
            b"..",
            b"a\\..\\b",
            b"",
            b"./",
            b"a\nb",
            b"a\0b",
            b"\xff.json",
            "a\u{85}b".as_bytes(),
        ] {
            assert!(safe_name(raw).is_err(), "{raw:?}");
        }
    }
}
