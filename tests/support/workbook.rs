//! Reads XLSX files back: sheets with typed cells, as any spreadsheet finds them.

use std::io::Read as _;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

/// What a cell holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Held {
    Nothing,
    Text(String),
    Number(f64),
    Truth(bool),
    /// Days with their part, and the format that shows them.
    Date(f64, String),
}

impl From<&str> for Held {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

#[derive(Debug)]
pub struct Sheet {
    pub name: String,
    pub rows: Vec<Vec<Held>>,
    /// The range with a filter.
    pub filter: String,
    /// Rows that stay when one scrolls.
    pub frozen: String,
}

impl Sheet {
    /// The column of that name, below the header.
    #[track_caller]
    pub fn column(&self, name: &str) -> Vec<Held> {
        let at = self.rows[0].iter().position(|held| *held == Held::from(name));
        let at = at.unwrap_or_else(|| panic!("{name} in {:?}", self.rows[0]));
        self.rows[1..].iter().map(|row| row.get(at).cloned().unwrap_or(Held::Nothing)).collect()
    }
}

/// All sheets in their order. Fails for one that has a formula or a link, or is no XML.
#[track_caller]
pub fn sheets(bytes: &[u8]) -> Vec<Sheet> {
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let names: Vec<String> = zip.file_names().map(|name| name.unwrap().into_owned()).collect();
    let mut part = |name: &str| {
        let mut text = String::new();
        zip.by_name(name).unwrap().read_to_string(&mut text).unwrap();
        let forbidden = |letter: char| {
            (letter < ' ' && !"\t\n\r".contains(letter)) || "\u{FFFE}\u{FFFF}".contains(letter)
        };
        assert!(!text.contains(forbidden), "a character in {name} that XML has not");
        text
    };
    for name in names.iter().filter(|name| name.ends_with(".xml") || name.ends_with(".rels")) {
        elements(&part(name), |_, _| ());
    }
    assert!(
        !names.iter().any(|name| name.contains("worksheets/_rels") || name.contains("externalLinks")),
        "{names:?}"
    );
    let formats = formats(&part("xl/styles.xml"));
    let mut called = Vec::new();
    elements(&part("xl/workbook.xml"), |tag, _| {
        if name(tag) == "sheet" {
            called.push(attribute(tag, "name").unwrap());
        }
    });
    let read = |(at, name): (usize, String)| {
        sheet(name, &part(&format!("xl/worksheets/sheet{}.xml", at + 1)), &formats)
    };
    called.into_iter().enumerate().map(read).collect()
}

fn sheet(called: String, text: &str, formats: &[String]) -> Sheet {
    let mut sheet = Sheet { name: called, rows: Vec::new(), filter: String::new(), frozen: String::new() };
    let (mut kind, mut format, mut at) = (String::new(), String::new(), 0);
    elements(text, |tag, inside| match (name(tag).as_str(), inside) {
        ("f" | "hyperlink", _) => panic!("a formula or link in {}", sheet.name),
        ("pane", None) => sheet.frozen = attribute(tag, "ySplit").unwrap(),
        ("autoFilter", None) => sheet.filter = attribute(tag, "ref").unwrap(),
        ("row", None) => sheet.rows.push(Vec::new()),
        ("c", None) => {
            kind = attribute(tag, "t").unwrap_or_default();
            let style: usize = attribute(tag, "s").map_or(0, |style| style.parse().unwrap());
            format.clone_from(&formats[style]);
            at = column(&attribute(tag, "r").unwrap());
        }
        ("t" | "v", Some(inside)) => {
            let row = sheet.rows.last_mut().unwrap();
            row.resize(at, Held::Nothing);
            row.push(match kind.as_str() {
                "inlineStr" => Held::Text(meant(inside)),
                "b" => Held::Truth(inside == "1"),
                "" if format.is_empty() => Held::Number(inside.parse().unwrap()),
                "" => Held::Date(inside.parse().unwrap(), format.clone()),
                other => panic!("a cell of kind {other}"),
            });
        }
        _ => {}
    });
    sheet
}

/// Formats of numbers by style; empty for plain ones.
fn formats(styles: &str) -> Vec<String> {
    let mut codes = std::collections::HashMap::new();
    let (mut formats, mut is_inside) = (Vec::new(), false);
    elements(styles, |tag, inside| match (name(tag).as_str(), inside) {
        ("numFmt", None) => {
            codes.insert(attribute(tag, "numFmtId").unwrap(), attribute(tag, "formatCode").unwrap());
        }
        ("cellXfs", None) => is_inside = true,
        ("cellXfs", Some(_)) => is_inside = false,
        ("xf", None) if is_inside => {
            formats.push(codes.get(&attribute(tag, "numFmtId").unwrap()).cloned().unwrap_or_default());
        }
        _ => {}
    });
    formats
}

/// `0` of `A7`.
fn column(place: &str) -> usize {
    let letters = place.bytes().take_while(u8::is_ascii_uppercase);
    letters.fold(0, |at, letter| at * 26 + usize::from(letter - b'A') + 1) - 1
}

/// `_x0001_` stands for a character that XML has not.
fn meant(text: &str) -> String {
    let mut rest = text;
    let mut meant = String::new();
    while let Some(at) = rest.find("_x") {
        let code = rest.get(at + 2..at + 6).filter(|_| rest.get(at + 6..at + 7) == Some("_"));
        let letter = code.and_then(|code| u32::from_str_radix(code, 16).ok()).and_then(char::from_u32);
        meant.push_str(&rest[..at]);
        match letter {
            Some(letter) => meant.push(letter),
            None => meant.push_str("_x"),
        }
        rest = &rest[at + if letter.is_some() { 7 } else { 2 }..];
    }
    meant + rest
}

/// Calls with each tag as it opens, and again with the text behind it as it closes.
fn elements(text: &str, mut each: impl FnMut(&BytesStart<'_>, Option<&str>)) {
    let mut reader = Reader::from_str(text);
    let mut open: Vec<BytesStart<'static>> = Vec::new();
    let mut inside = String::new();
    loop {
        match reader.read_event().unwrap() {
            Event::Start(tag) => {
                each(&tag, None);
                open.push(tag.into_owned());
                inside.clear();
            }
            Event::Empty(tag) => each(&tag, None),
            Event::Text(text) => inside.push_str(&text.xml10_content()),
            Event::GeneralRef(reference) => {
                let known = |name: &str| quick_xml::escape::resolve_predefined_entity(name).unwrap();
                match reference.resolve_char_ref().unwrap() {
                    Some(letter) => inside.push(letter),
                    None => inside.push_str(known(&reference)),
                }
            }
            Event::End(_) => {
                each(&open.pop().unwrap(), Some(&inside));
                inside.clear();
            }
            Event::Eof => break,
            _ => {}
        }
    }
    assert!(open.is_empty());
}

fn name(tag: &BytesStart<'_>) -> String {
    let local: &str = tag.local_name().into_inner();
    local.to_owned()
}

fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = tag.attributes().map(Result::unwrap).find(|attribute| {
        let local: &str = attribute.key.local_name().into_inner();
        local == name
    })?;
    Some(found.normalized_value(quick_xml::XmlVersion::Implicit1_0).unwrap().into_owned())
}
