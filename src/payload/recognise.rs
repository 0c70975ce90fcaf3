//! What is in an upload, by content: archives are walked, everything else is one file of some format.

use super::archive::{Archive, looks_like_archive};
use super::call_home::{self, Found, Manifest, REPORT_FILE, Report};
use super::content::Content;
use super::license_file::{self, HostFile};
use super::tally::{Tally, reject, too_large};
use super::{Context, Format, LicenseFile, Payload, Reading, Rejection, Subject, native};
use crate::domain::error::{code, quoted};

/// See [`super::read`].
pub(super) fn read(bytes: &[u8], context: &Context) -> Result<Reading, Rejection> {
    let mut tally = Tally::new(context);
    let most = context.limits.file_bytes;
    if bytes.len() as u64 > most {
        let expected = format!("a file of at most {most} bytes");
        return Err(reject(code::UPLOAD_TOO_LARGE, "", "", expected, bytes.len().to_string()));
    }
    let (mut payloads, license_files) = if looks_like_archive(bytes) {
        read_archive(bytes, "", 0, &mut tally)?
    } else {
        let mut scope = Scope::default();
        let content = Content::Memory(bytes.into());
        let name = Some(context.file_name).filter(|name| !name.is_empty()).unwrap_or("upload.lic");
        scope.read_file(&content, "", name, &mut tally)?;
        scope.finish(&mut tally)?
    };
    payloads.extend(without_server(license_files));
    if payloads.is_empty() {
        let expected = "a call-home report, a seatledger payload or a license file";
        let head: Vec<u8> = bytes.iter().copied().take(60).collect();
        let found = if bytes.is_empty() {
            "an empty file (0 bytes)".to_owned()
        } else if looks_like_archive(bytes) {
            "other entries only".to_owned()
        } else {
            quoted(&String::from_utf8_lossy(&head))
        };
        return Err(reject(code::UPLOAD_UNRECOGNISED, "", "", expected, found));
    }
    Ok(Reading { payloads, warnings: tally.warnings() })
}

/// Reads an archive at `path`, `depth` archives deep; hands back the license files of servers it does not
/// name.
fn read_archive(
    bytes: &[u8],
    path: &str,
    depth: usize,
    tally: &mut Tally,
) -> Result<(Vec<Payload>, Vec<HostFile>), Rejection> {
    let archive = Archive::open(bytes, path, tally.entries_left(), tally.bytes_left())?;
    tally.take_archive(archive.len(), archive.unpacked_bytes());
    let mut scope = Scope::default();
    for entry in archive.files() {
        let content = Content::of(&entry)?;
        if content.head().starts_with(b"PK\x03\x04") && !named(entry.path(), &["json", "xml", "lic"]) {
            scope.read_nested(&content, entry.path(), depth + 1, tally)?;
        } else {
            scope.read_file(&content, entry.path(), entry.path(), tally)?;
        }
    }
    scope.finish(tally)
}

fn named(name: &str, extensions: &[&str]) -> bool {
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    extensions.iter().any(|known| extension.eq_ignore_ascii_case(known))
}

/// What one archive holds, read but not yet put together.
#[derive(Default)]
struct Scope {
    drafts: Vec<Draft>,
    manifest: Option<Manifest>,
    license_files: Vec<HostFile>,
}

enum Draft {
    Ready(Box<Payload>),
    /// Waits for the manifest beside it.
    Report(Box<Report>),
}

impl Scope {
    fn read_nested(
        &mut self,
        content: &Content,
        path: &str,
        depth: usize,
        tally: &mut Tally,
    ) -> Result<(), Rejection> {
        let limits = tally.context.limits;
        if depth > limits.nesting {
            return Err(too_large(path, "", format!("zips at most {} deep in a zip", limits.nesting)));
        }
        let Some(bytes) = content.whole().filter(|bytes| bytes.len() as u64 <= limits.file_bytes) else {
            return Err(too_large(path, "", format!("a nested zip of at most {} bytes", limits.file_bytes)));
        };
        let (payloads, license_files) = read_archive(bytes, path, depth, tally)?;
        self.drafts.extend(payloads.into_iter().map(|payload| Draft::Ready(Box::new(payload))));
        self.license_files.extend(license_files);
        Ok(())
    }

    /// Reads one file. What its name says it is must be readable; what only looks like something may be
    /// anything and is passed over.
    fn read_file(
        &mut self,
        content: &Content,
        entry: &str,
        name: &str,
        tally: &mut Tally,
    ) -> Result<(), Rejection> {
        if named(name, &["json", "xml"]) {
            content.require_begun()?;
        }
        let must_be_read = |extension| entry.is_empty() || named(name, &[extension]);
        let read = if content.begins_with(b'{') || content.begins_with(b'[') || named(name, &["json"]) {
            self.read_json(content, entry, tally).map_err(|fault| (fault, must_be_read("json")))
        } else if content.begins_with(b'<') || named(name, &["xml"]) {
            self.read_xml(content, entry, tally).map_err(|fault| (fault, must_be_read("xml")))
        } else {
            self.read_license_file(content, entry, name, tally).map_err(|fault| (fault, true))
        };
        let recognised = match read {
            Ok(recognised) => recognised,
            Err((fault, false)) if fault.code == code::ENTRY_UNREADABLE => false,
            Err((fault, _)) => return Err(fault),
        };
        if !recognised {
            content.verify()?;
            tally.warn(entry, "", "ignored entry");
        }
        Ok(())
    }

    fn read_json(&mut self, content: &Content, entry: &str, tally: &mut Tally) -> Result<bool, Rejection> {
        let Some(format) = native::recognise(content, entry, tally)? else { return Ok(false) };
        let payload = native::read(content, format, entry, tally)?;
        self.drafts.push(Draft::Ready(Box::new(payload)));
        Ok(true)
    }

    fn read_xml(&mut self, content: &Content, entry: &str, tally: &mut Tally) -> Result<bool, Rejection> {
        match call_home::read(content, entry, tally)? {
            Found::Report(report) => self.drafts.push(Draft::Report(report)),
            Found::Manifest(manifest) if self.manifest.is_none() => self.manifest = Some(manifest),
            Found::Manifest(_) | Found::Other => return Ok(false),
        }
        Ok(true)
    }

    fn read_license_file(
        &mut self,
        content: &Content,
        entry: &str,
        name: &str,
        tally: &mut Tally,
    ) -> Result<bool, Rejection> {
        if !license_file::recognises(content.head(), named(name, &["lic"])) {
            return Ok(false);
        }
        let Some(bytes) = content.whole() else {
            return Err(too_large(entry, "", "a license file of at most 64 MiB"));
        };
        self.license_files.push(license_file::read(bytes, entry, name, tally)?);
        Ok(true)
    }

    fn finish(self, tally: &mut Tally) -> Result<(Vec<Payload>, Vec<HostFile>), Rejection> {
        let manifest = self.manifest.as_ref();
        let has_report = self.drafts.iter().any(|draft| matches!(draft, Draft::Report(_)));
        if let Some(manifest) = manifest.filter(|_| !has_report) {
            tally.warn(&manifest.entry, "", "ignored entry");
        }
        let payload = |draft| match draft {
            Draft::Ready(payload) => Ok(*payload),
            Draft::Report(report) => report.into_payload(manifest, tally),
        };
        let mut payloads = self.drafts.into_iter().map(payload).collect::<Result<Vec<_>, _>>()?;
        let license_files = hand_out(self.license_files, &mut payloads);
        Ok((payloads, license_files))
    }
}

/// Gives license files to the license server they belong to: the only one there is, else the only one of
/// the host that the SERVER line names. Returns those without.
fn hand_out(files: Vec<HostFile>, payloads: &mut [Payload]) -> Vec<HostFile> {
    let mut given: Vec<Vec<LicenseFile>> = payloads.iter().map(|_| Vec::new()).collect();
    let mut left = Vec::new();
    for file in files {
        match server_of(&file, payloads).and_then(|index| given.get_mut(index)) {
            Some(given) => given.push(file.file),
            None => left.push(file),
        }
    }
    for (payload, files) in payloads.iter_mut().zip(given).filter(|(_, files)| !files.is_empty()) {
        let known = payload.license_files.get_or_insert_default();
        known.retain(|known| !files.iter().any(|file| file.name == known.name));
        if payload.format == Format::CallHome {
            // The report sums up the same files: what they tell themselves is not added to it.
            for report in known.iter_mut().filter(|known| known.name == REPORT_FILE) {
                let told = || files.iter().flat_map(|file| &file.entitlements);
                report.entitlements.retain(|sum| !told().any(|own| own.feature == sum.feature));
            }
            known.retain(|known| known.name != REPORT_FILE || !known.entitlements.is_empty());
        }
        known.extend(files);
    }
    left
}

/// The payload to which a license file belongs: of several of one server, the newest.
fn server_of(file: &HostFile, payloads: &[Payload]) -> Option<usize> {
    let is_of_host = |host_id: &Option<String>, fqdn: &Option<String>| {
        let label = |name: &str| name.split('.').next().unwrap_or(name).to_lowercase();
        let host = file.host.as_deref().map(label);
        host.is_some() && (host_id.as_deref().map(label) == host || fqdn.as_deref().map(label) == host)
    };
    let mut servers: Vec<(&str, bool, usize)> = Vec::new();
    for (index, payload) in payloads.iter().enumerate() {
        let Subject::LicenseServer { guid, host_id, fqdn, .. } = &payload.subject else { continue };
        let is_host = is_of_host(host_id, fqdn);
        match servers.iter_mut().find(|(known, ..)| *known == guid.as_str()) {
            Some(known) => {
                known.1 |= is_host;
                if payload.collected_at > payloads.get(known.2).and_then(|newest| newest.collected_at) {
                    known.2 = index;
                }
            }
            None => servers.push((guid, is_host, index)),
        }
    }
    if servers.len() > 1 {
        servers.retain(|(_, is_host, _)| *is_host);
    }
    match servers.as_slice() {
        [(_, _, index)] => Some(*index),
        _ => None,
    }
}

/// Payloads of license files whose server is not in the upload: one for each host they name; files that name
/// none go with the first.
fn without_server(mut files: Vec<HostFile>) -> Vec<Payload> {
    files.sort_by_key(|file| file.host.is_none());
    let mut payloads: Vec<Payload> = Vec::new();
    for HostFile { entry, host, file } in files {
        let is_same = |payload: &Payload| match (&payload.subject, &host) {
            (Subject::LicenseServerHost { host: Some(known) }, Some(host)) => {
                known.eq_ignore_ascii_case(host)
            }
            _ => host.is_none(),
        };
        match payloads.iter_mut().find(|payload| is_same(payload)) {
            Some(payload) => payload.license_files.get_or_insert_default().push(file),
            None => {
                let subject = Subject::LicenseServerHost { host };
                let mut payload = Payload::new(&entry, Format::LicenseFile, None, subject);
                payload.license_files = Some(vec![file]);
                payloads.push(payload);
            }
        }
    }
    payloads
}
