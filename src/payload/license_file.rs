//! FlexNet license files (`*.lic`): what each INCREMENT or FEATURE line grants.

#[cfg(test)]
mod tests;

use std::borrow::Cow;

use super::tally::Tally;
use super::{Entitlement, Expiry, LicenseFile, Rejection, date};
use crate::domain::error::quoted;

/// The known license types, `LT`.
pub(super) const KINDS: [&str; 7] = ["Retail", "RetailS", "Eval", "NFR", "DE", "TP", "SYS"];

const KEYWORDS: [&str; 8] =
    ["SERVER", "VENDOR", "DAEMON", "USE_SERVER", "INCREMENT", "FEATURE", "PACKAGE", "UPGRADE"];

/// What is looked at of a joined line; nothing that is read stands so far behind.
const MOST_LINE_BYTES: usize = 64 << 10;

/// A license file and the host that its SERVER line names.
pub(super) struct HostFile {
    pub(super) entry: String,
    pub(super) host: Option<String>,
    pub(super) file: LicenseFile,
}

/// The name behind the last `/` or `\`.
pub(super) fn base_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

/// Whether the text begins as a license file does, behind comments; a file named `*.lic` may have other
/// lines before.
pub(super) fn recognises(bytes: &[u8], is_named_so: bool) -> bool {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut words = bytes.split(|b| matches!(b, b'\n' | b'\r')).filter_map(|line| {
        let line = line.trim_ascii();
        (!line.is_empty() && !line.starts_with(b"#"))
            .then(|| line.split(u8::is_ascii_whitespace).next().unwrap_or_default())
    });
    if is_named_so {
        return words
            .any(|word| KEYWORDS.iter().any(|keyword| keyword.as_bytes().eq_ignore_ascii_case(word)));
    }
    words.next().is_some_and(|word| KEYWORDS.iter().any(|keyword| keyword.as_bytes() == word))
}

/// Reads a license file; lines that cannot be read are warnings. Errors: `SEAT-U02` a limit, `SEAT-U05`
/// control characters.
pub(super) fn read(bytes: &[u8], entry: &str, name: &str, tally: &mut Tally) -> Result<HostFile, Rejection> {
    // Lines end in CR LF, LF, or the CR alone of old editors.
    let text = decode(bytes).replace("\r\n", "\n").replace('\r', "\n");
    let mut host = None;
    let mut entitlements = Vec::new();
    for (number, line) in logical_lines(&text) {
        let words = words(&line);
        let Some(keyword) = words.first() else { continue };
        match keyword.to_ascii_uppercase().as_str() {
            "SERVER" if host.is_none() => host = server_host(&words, entry, number, tally)?,
            "INCREMENT" | "FEATURE" => {
                let place = || format!("line {number}");
                tally.take_record(entry, place)?;
                match entitlement(&words, entry, number, tally)? {
                    Ok(entitlement) => entitlements.push(entitlement),
                    Err(lack) => {
                        let shown: String = line.trim_end().chars().take(40).collect();
                        tally.warn(entry, &place(), &format!("{} skipped: {lack}", quoted(&shown)));
                    }
                }
            }
            _ => {}
        }
    }
    let file = LicenseFile { name: base_name(name).to_owned(), entitlements };
    Ok(HostFile { entry: entry.to_owned(), host, file })
}

fn decode(bytes: &[u8]) -> Cow<'_, str> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0,
    }
}

/// Lines without comments, joined where one ends in `\`, with the number of their first line.
fn logical_lines(text: &str) -> impl Iterator<Item = (usize, String)> {
    let mut lines = text.lines().enumerate();
    std::iter::from_fn(move || {
        let (number, first) = lines.find(|(_, line)| {
            let line = line.trim();
            !line.is_empty() && !line.starts_with('#')
        })?;
        let mut joined = String::new();
        let mut part = first.trim();
        loop {
            let open = part.strip_suffix('\\');
            if joined.len() < MOST_LINE_BYTES {
                let piece = open.unwrap_or(part);
                joined.push_str(&piece[..piece.floor_char_boundary(MOST_LINE_BYTES)]);
                joined.push(' ');
            }
            match open.and_then(|_| lines.next()) {
                Some((_, next)) => part = next.trim(),
                None => return Some((number + 1, joined)),
            }
        }
    })
}

/// Words between white space; within quotes it does not separate.
fn words(line: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut start = None;
    let mut within_quotes = false;
    for (at, c) in line.char_indices() {
        if c == '"' {
            within_quotes = !within_quotes;
        }
        if c.is_whitespace() && !within_quotes {
            if let Some(start) = start.take() {
                words.push(&line[start..at]);
            }
        } else {
            start.get_or_insert(at);
        }
    }
    words.extend(start.map(|start| &line[start..]));
    words
}

/// The value of `KEY=value` or `KEY="value"`.
fn value_of<'w>(words: &[&'w str], key: &str) -> Option<&'w str> {
    words.iter().find_map(|word| {
        let (name, value) = word.split_once('=')?;
        name.eq_ignore_ascii_case(key).then(|| value.trim_matches('"'))
    })
}

/// `SERVER this_host HOSTNAME=LIC01`, or `SERVER lic01 ANY`; a bare `this_host` names none.
fn server_host(
    words: &[&str],
    entry: &str,
    number: usize,
    tally: &Tally,
) -> Result<Option<String>, Rejection> {
    let named =
        words.get(1).copied().filter(|name| !name.eq_ignore_ascii_case("this_host") && !name.contains('='));
    let host = value_of(words, "HOSTNAME").or(named).filter(|host| !host.is_empty());
    host.map(|host| tally.text(host, entry, || format!("line {number}"))).transpose()
}

/// One line's grant, or what it lacks.
fn entitlement(
    words: &[&str],
    entry: &str,
    number: usize,
    tally: &mut Tally,
) -> Result<Result<Entitlement, String>, Rejection> {
    let place = || format!("line {number}");
    let &[_, feature, _vendor, version, expiry, count, ref options @ ..] = words else {
        return Ok(Err("feature, vendor, version, expiry and quantity expected".to_owned()));
    };
    let Some(expires) = date::expiry(expiry) else {
        return Ok(Err(format!("expiry expected, found {}", quoted(expiry))));
    };
    let quantity = match count.parse() {
        _ if count.eq_ignore_ascii_case("uncounted") => None,
        Ok(0_u64) => None, // FlexNet's other way to write uncounted
        Ok(quantity) if quantity < 1 << 53 => Some(quantity),
        _ => return Ok(Err(format!("quantity expected, found {}", quoted(count)))),
    };
    let feature = tally.text(feature, entry, place)?;
    tally.note_feature(entry, &feature);
    let sa_date = date::sa_date(version);
    if sa_date.is_none() {
        tally.warn(entry, &place(), &format!("unreadable SA date {}", quoted(version)));
    }
    let vendor_options: Vec<&str> =
        value_of(options, "VENDOR_STRING").unwrap_or_default().split(';').collect();
    let kind = value_of(&vendor_options, "LT").filter(|kind| !kind.is_empty());
    if let Some(kind) = kind.filter(|kind| !KINDS.contains(kind)) {
        tally.warn(entry, &place(), &format!("unknown value {} of LT", quoted(kind)));
    }
    let overdraft = value_of(&vendor_options, "ODP").filter(|per_cent| !per_cent.is_empty());
    let overdraft = match overdraft.map(str::parse::<u32>) {
        Some(Ok(per_cent)) => quantity.map(|quantity| quantity.saturating_mul(per_cent.into()) / 100),
        Some(Err(_)) => {
            tally.warn(entry, &place(), "unknown value of ODP");
            None
        }
        None => None,
    };
    let serial_number = value_of(options, "SN").map(|text| text.split(':').next().unwrap_or(text));
    let text = |text: Option<&str>| text.map(|text| tally.text(text, entry, place)).transpose();
    Ok(Ok(Entitlement {
        feature,
        quantity,
        overdraft,
        sa_date,
        expires: expires.map_or(Expiry::Permanent, Expiry::On),
        kind: text(kind)?,
        serial_number: text(serial_number)?,
        csp: true,
    }))
}
