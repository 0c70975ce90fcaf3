//! XML from outside, as a stream of elements: no DOCTYPE, no entities but the predefined ones, bounded in
//! depth and in what is held in memory.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::{self, BufRead};

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::Rejection;
use super::tally::{Tally, reject, too_large};
use crate::domain::error::{code, quoted};

/// One tag, comment or run of text.
const MOST_TOKEN_BYTES: usize = 8 << 20;
/// Text of an element beyond this is dropped: no field is so long, and longer ones are refused all the same.
const MOST_TEXT_BYTES: usize = 64 << 10;

/// Parts of a document beyond those of the names that may come: what bounds the time that a file of tiny
/// tags, comments or entities takes.
const MORE_PARTS: usize = 1_000_000;
/// Parts of one name: its tags, its text, the space around it, some entities.
const PARTS_OF_A_NAME: usize = 8;
/// A start tag costs as much time as this many other parts.
const PARTS_OF_A_TAG: usize = 4;

/// What is told of a document, element by element. Names are local: prefixes and namespaces are nothing.
pub(super) trait Elements {
    fn open(&mut self, element: &Element, at: &Place, tally: &mut Tally) -> Result<(), Rejection>;

    /// `text` is trimmed, and `None` for an element with elements in it.
    fn close(&mut self, text: Option<&str>, at: &Place, tally: &mut Tally) -> Result<(), Rejection>;
}

/// An element's start tag.
pub(super) struct Element<'e> {
    pub(super) name: &'e str,
    tag: &'e BytesStart<'e>,
}

impl Element<'_> {
    /// The attribute of that local name; damaged attributes are as if absent.
    pub(super) fn attribute(&self, name: &str) -> Option<Cow<'_, str>> {
        self.tag.attributes().with_checks(false).flatten().find_map(|attribute| {
            let local: &str = attribute.key.local_name().into_inner();
            local
                .eq_ignore_ascii_case(name)
                .then(|| attribute.normalized_value(quick_xml::XmlVersion::Implicit1_0).ok())?
        })
    }
}

/// Where in the document: `/Report/Inventory/Feature[2]/SADate`.
#[derive(Default)]
pub(super) struct Place {
    path: String,
    levels: Vec<Level>,
    /// Which children the root's level has had: the root itself.
    outermost: Siblings,
}

struct Level {
    path_before: usize,
    children: Siblings,
}

/// The last child's name and how many of that name came in a row.
#[derive(Default)]
struct Siblings {
    name: String,
    count: usize,
}

impl Place {
    pub(super) fn path(&self) -> String {
        self.path.clone()
    }

    /// Name of the element.
    pub(super) fn name(&self) -> &str {
        let above = self.levels.len().checked_sub(2).and_then(|above| self.levels.get(above));
        above.map_or(&self.outermost.name, |level| &level.children.name)
    }

    /// 1 for the root.
    pub(super) fn depth(&self) -> usize {
        self.levels.len()
    }

    fn enter(&mut self, name: &str) {
        let siblings = self.levels.last_mut().map_or(&mut self.outermost, |level| &mut level.children);
        if siblings.name != name {
            siblings.name.clear();
            siblings.name.push_str(name);
            siblings.count = 0;
        }
        siblings.count += 1;
        let count = siblings.count;
        let path_before = self.path.len();
        self.path.push('/');
        self.path.push_str(name);
        if count > 1 {
            // Into a String, which cannot fail; a million users cost no allocation.
            let _ = write!(self.path, "[{count}]");
        }
        self.levels.push(Level { path_before, children: Siblings::default() });
    }

    fn leave(&mut self) {
        if let Some(level) = self.levels.pop() {
            self.path.truncate(level.path_before);
        }
    }
}

/// Reads one document. Errors: `SEAT-U02` too deep, `SEAT-U04` not XML or with a DOCTYPE, and what
/// `elements` refuses.
pub(super) fn read(
    input: Box<dyn BufRead + '_>,
    elements: &mut impl Elements,
    entry: &str,
    tally: &mut Tally,
) -> Result<(), Rejection> {
    let mut reader = Reader::from_reader(Metered { inner: input, since_event: 0, offset: 0, entry });
    reader.config_mut().expand_empty_elements = true;
    let mut buffer = Vec::new();
    let mut text = String::new();
    let mut is_leaf = false;
    let mut at = Place::default();
    let mut has_root = false;
    let most_parts = tally.context.limits.names.saturating_mul(PARTS_OF_A_NAME).saturating_add(MORE_PARTS);
    let mut parts = 0;
    loop {
        buffer.clear();
        let event = reader.read_event_into(&mut buffer);
        let unreadable = |found: &str| unreadable(entry, &at, found);
        match event.map_err(|error| explain(error, entry, &at))? {
            Event::Start(tag) => {
                if at.depth() == 0 && std::mem::replace(&mut has_root, true) {
                    return Err(unreadable("a second root element"));
                }
                let local = tag.local_name();
                let name: &str = local.into_inner();
                if name.len() > tally.context.limits.name_bytes {
                    return Err(unreadable("an element name beyond all measure"));
                }
                tally.check_depth(at.depth() + 1, entry, || at.path())?;
                parts += PARTS_OF_A_TAG;
                at.enter(name);
                text.clear();
                is_leaf = true;
                elements.open(&Element { name, tag: &tag }, &at, tally)?;
            }
            Event::End(_) => {
                elements.close(is_leaf.then(|| text.trim()), &at, tally)?;
                at.leave();
                is_leaf = false;
                text.clear();
            }
            Event::Text(more) => push_text(&mut text, &more.xml10_content()),
            Event::CData(more) => push_text(&mut text, &more.xml10_content()),
            Event::GeneralRef(reference) => {
                let character = match reference.resolve_char_ref() {
                    Ok(Some(character)) => Some(character),
                    Ok(None) => predefined(&reference),
                    Err(_) => None,
                };
                let character =
                    character.ok_or_else(|| unreadable(&format!("entity {}", quoted(&reference))))?;
                push_text(&mut text, character.encode_utf8(&mut [0; 4]));
            }
            Event::DocType(_) => {
                let place = format!("byte {}", reader.buffer_position());
                let expected = "XML without a DOCTYPE";
                return Err(reject(code::ENTRY_UNREADABLE, entry, place, expected, "a DOCTYPE"));
            }
            Event::Eof if at.depth() > 0 => return Err(unreadable("the end of the file within an element")),
            Event::Eof if !has_root => return Err(unreadable("no element")),
            Event::Eof => return Ok(()),
            _ => {}
        }
        if at.depth() == 0 && !text.trim().is_empty() {
            return Err(unreadable_at_root(entry));
        }
        reader.get_mut().since_event = 0;
        parts += 1;
        if parts > most_parts {
            return Err(too_large(
                entry,
                at.path(),
                format!("at most {most_parts} tags, texts and comments"),
            ));
        }
    }
}

fn push_text(text: &mut String, more: &str) {
    if text.len() < MOST_TEXT_BYTES {
        text.push_str(more);
    }
}

fn predefined(name: &str) -> Option<char> {
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        _ => return None,
    })
}

fn unreadable(entry: &str, at: &Place, found: &str) -> Rejection {
    reject(code::ENTRY_UNREADABLE, entry, at.path(), "an XML document in UTF-8", found)
}

fn unreadable_at_root(entry: &str) -> Rejection {
    unreadable(entry, &Place::default(), "text outside the root element")
}

fn explain(error: quick_xml::Error, entry: &str, at: &Place) -> Rejection {
    match error {
        quick_xml::Error::Io(error) if error.get_ref().is_some() => {
            super::archive::rejection_in(&error, entry)
        }
        error => unreadable(entry, at, &quoted(&error.to_string())),
    }
}

/// Hands out small pieces and counts them: quick-xml holds a whole token in memory.
struct Metered<'a> {
    inner: Box<dyn BufRead + 'a>,
    since_event: usize,
    /// Bytes of the document so far.
    offset: usize,
    entry: &'a str,
}

impl BufRead for Metered<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.since_event > MOST_TOKEN_BYTES {
            let expected = format!("tags and text of at most {MOST_TOKEN_BYTES} bytes");
            let place = format!("byte {}", self.offset);
            return Err(io::Error::other(too_large(self.entry, place, expected)));
        }
        let piece = self.inner.fill_buf()?;
        Ok(&piece[..piece.len().min(1 << 16)])
    }

    fn consume(&mut self, count: usize) {
        self.since_event += count;
        self.offset += count;
        self.inner.consume(count);
    }
}

impl io::Read for Metered<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let piece = self.fill_buf()?;
        let count = piece.len().min(buffer.len());
        buffer[..count].copy_from_slice(&piece[..count]);
        self.consume(count);
        Ok(count)
    }
}
