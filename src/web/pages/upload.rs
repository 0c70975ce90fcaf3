//! One upload: how it came, what was in it, what it says otherwise than the one before, or why it was rejected.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{
    self, Charset, ContentDisposition, DispositionParam, DispositionType, ExtendedValue,
};
use askama::Template;

use super::decoded::{self, PayloadShown, UploadRow, reason, shown};
use super::render;
use crate::domain::error::{code, quoted};
use crate::payload::Rejection;
use crate::store::Store;
use crate::store::uploads::{Decoded, Difference, ListDifference, Status, UploadDetail, Window};
use crate::web::call::{Answer, Call};
use crate::web::components::Pages;
use crate::web::fault::Fault;
use crate::web::frame::{Frame, Nav, View};
use crate::web::show;

#[derive(Template)]
#[template(path = "pages/upload.html")]
struct Page {
    frame: Frame,
    to_list: String,
    to_content: String,
    row: UploadRow,
    sha256: String,
    license_server: Option<String>,
    has_content: bool,
    is_rejected: bool,
    rejection: Option<Rejected>,
    warnings: Vec<String>,
    payloads: Vec<PayloadShown>,
    /// Why the kept bytes cannot be read any more.
    unreadable: String,
    names: Pages,
    differences: Vec<DifferenceShown>,
    /// Address that compares it; empty where it is done, or there is nothing to compare.
    to_compare: String,
}

struct Rejected {
    reason: String,
    remedy: &'static str,
    code: &'static str,
}

struct DifferenceShown {
    source: String,
    /// Its page; empty where it has none.
    before: String,
    is_first: bool,
    facts: Vec<(String, String, String)>,
    entitlements: Vec<(String, String, String, String)>,
    lists: Vec<ListShown>,
}

struct ListShown {
    title: String,
    feature: String,
    before: String,
    now: String,
    added: String,
    gone: String,
    names: String,
}

impl DifferenceShown {
    fn is_same(&self) -> bool {
        self.facts.is_empty() && self.entitlements.is_empty() && self.lists.is_empty()
    }
}

/// Names shown of each list on one page, and of each side of a difference.
const NAMES: usize = 200;
const CHANGED: usize = 12;

pub async fn show(call: Call) -> Answer {
    let view = View::of(&call)?;
    let id = Call::field(&call.query, "id")?.to_owned();
    let from = view.query.parsed::<usize>("names", "the number of a name")?.unwrap_or(0);
    let compares = view.query.has("compare");
    // It is read again, which takes as much memory as taking it in.
    let turn = call.app.clone();
    let turn = turn.unpacking.acquire().await.map_err(|_| Fault::busy())?;
    let page = call.read(move |store| page(store, &view, &id, from, compares)).await;
    drop(turn);
    render(StatusCode::OK, &page?)
}

/// By id. Errors: 404.
pub fn find(store: &Store, id: &str) -> Result<UploadDetail, Fault> {
    store.find_upload_detail(id)?.ok_or_else(|| {
        Fault::not_found(format!("expected the id or SHA-256 of an upload, found {}", quoted(id)))
    })
}

fn page(store: &Store, view: &View, id: &str, from: usize, compares: bool) -> Result<Page, Fault> {
    let mut frame = Frame::new(store, view, Nav::Uploads, "Upload")?;
    let found = find(store, id)?;
    let upload = &found.upload;
    frame.title = format!("{}, {}", upload.file, upload.status.as_str());
    let limits = &frame.rules.limits;
    let is_rejected = upload.status == Status::Rejected;
    let mut unreadable = String::new();
    let mut names = Pages::default();
    let mut payloads = Vec::new();
    let decoded = match is_rejected {
        true => None,
        false => store.decode_upload(&upload.id, limits, Window { offset: from, limit: NAMES })?,
    };
    match decoded {
        Some(Ok(decoded)) => {
            names = name_pages(view, from, longest(&decoded));
            payloads = shown(&frame, decoded);
        }
        Some(Err(rejection)) => unreadable = reason(&rejection),
        None => {}
    }
    let is_readable = !payloads.is_empty();
    let is_compared = is_readable && (compares || upload.bytes <= decoded::LONG);
    let differences = match is_compared {
        true => store.upload_difference(&upload.id, limits, CHANGED)?,
        false => Vec::new(),
    };
    let compare = [("id", upload.id.as_str()), ("compare", "1")];
    Ok(Page {
        to_list: frame.link("/uploads", &[]),
        to_content: frame.link("/upload/content", &[("id", &upload.id)]),
        to_compare: if is_readable && !is_compared { frame.link("/upload", &compare) } else { String::new() },
        row: UploadRow::new(&frame, upload),
        sha256: upload.sha256.clone(),
        license_server: found.license_server,
        has_content: found.has_content,
        is_rejected,
        rejection: found.rejection.as_ref().map(rejected),
        warnings: found.warnings,
        payloads,
        unreadable,
        names,
        differences: differences.into_iter().map(|difference| difference_shown(&frame, difference)).collect(),
        frame,
    })
}

fn rejected(rejection: &Rejection) -> Rejected {
    Rejected { reason: reason(rejection), remedy: rejection.code.remedy, code: rejection.code.id }
}

fn longest(decoded: &Decoded) -> usize {
    let lists = decoded.payloads.iter().flat_map(|payload| &payload.lists);
    lists.map(|list| list.users.max(list.devices)).max().unwrap_or(0)
}

/// Names are paged in all lists at once.
fn name_pages(view: &View, from: usize, longest: usize) -> Pages {
    let to = |at: usize| {
        let at = (at > 0).then(|| at.to_string());
        view.query.with("names", at.as_deref()).href("/upload")
    };
    let number = |at: usize| show::figure(i64::try_from(at).unwrap_or(i64::MAX));
    let mut pages = Pages::default();
    if longest <= NAMES && from == 0 {
        return pages;
    }
    let end = (from + NAMES).min(longest);
    pages.text = format!("Names {} to {} of at most {}", number(from + 1), number(end), number(longest));
    if from > 0 {
        pages.first = Some(to(0));
        pages.previous = Some(to(from.saturating_sub(NAMES)));
    }
    if end < longest {
        pages.next = Some(to(end));
        pages.last = Some(to((longest - 1) / NAMES * NAMES));
    }
    pages
}

fn difference_shown(frame: &Frame, difference: Difference) -> DifferenceShown {
    let told = |text: Option<String>| text.unwrap_or_else(|| "nothing".to_owned());
    let Difference { source, before, facts, entitlements, lists } = difference;
    DifferenceShown {
        source: source.name,
        is_first: before.is_none(),
        before: before.map(|id| frame.link("/upload", &[("id", &id)])).unwrap_or_default(),
        facts: facts.into_iter().map(|(name, before, now)| (name, told(before), told(now))).collect(),
        entitlements: entitlements
            .into_iter()
            .map(|change| (change.file, change.feature, told(change.before), told(change.now)))
            .collect(),
        lists: lists.into_iter().filter(is_changed).map(list_shown).collect(),
    }
}

fn is_changed(list: &ListDifference) -> bool {
    list.added > 0 || list.gone > 0 || list.before.is_none() || list.now.is_none()
}

fn list_shown(list: ListDifference) -> ListShown {
    let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    let told =
        |count: Option<usize>| count.map_or_else(|| "n/a".to_owned(), |count| show::figure(number(count)));
    let some = |sign: &str, names: &[String], all: usize| {
        let mut text: Vec<String> = names.iter().map(|name| format!("{sign}{name}")).collect();
        if names.len() < all {
            text.push(format!("{sign}… {} more", show::figure(number(all - names.len()))));
        }
        text
    };
    let mut names = some("+", &list.shown_added, list.added);
    names.extend(some("−", &list.shown_gone, list.gone));
    ListShown {
        title: format!("{}, {}", super::signs::edition(&list.feature), show::month(list.period)),
        feature: list.feature,
        before: told(list.before),
        now: told(list.now),
        added: show::change(number(list.added)),
        gone: show::figure(-number(list.gone)),
        names: names.join(", "),
    }
}

/// The bytes as they came.
pub async fn content(call: Call) -> Answer {
    let id = Call::field(&call.query, "id")?.to_owned();
    download(&call, id).await
}

/// Errors: 404 of an unknown upload; 410 `SEAT-U12` where its bytes are not kept.
pub async fn download(call: &Call, id: String) -> Answer {
    let (file, bytes) = call
        .read(move |store| {
            let found = find(store, &id)?;
            let bytes = store.upload_content(&id)?.ok_or_else(|| {
                Fault::new(
                    StatusCode::GONE,
                    code::UPLOAD_GONE,
                    format!("expected the bytes of upload {}, found only its row", found.upload.id),
                )
            })?;
            Ok((found.upload.file, bytes))
        })
        .await?;
    let ascii: String = file
        .chars()
        .map(|c| if c.is_ascii_graphic() && !matches!(c, '"' | '\\') { c } else { '_' })
        .collect();
    let named = ContentDisposition {
        disposition: DispositionType::Attachment,
        parameters: vec![
            DispositionParam::Filename(ascii),
            DispositionParam::FilenameExt(ExtendedValue {
                charset: Charset::Ext("UTF-8".to_owned()),
                language_tag: None,
                value: file.into_bytes(),
            }),
        ],
    };
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "application/octet-stream"))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header(named)
        // Compressed again it would not be what came.
        .insert_header((header::CONTENT_ENCODING, "identity"))
        .body(bytes))
}
