//! Does a bundle hold what it says? Needs the file alone: no database, no network, no trust in what made it.
//!
//! The archive is opened as an upload is: strictly, so that it has one meaning. Sizes are held to the headers, and
//! what may be long is read as a stream.

mod contents;
mod people;
mod sheet;

use super::manifest::{self, Manifest};
use super::{ENTRIES, PublicKey};
use crate::domain::error::{Error, code, quoted};
use crate::payload::archive::Archive;
use contents::Contents;

/// Most bytes of all entries, unpacked.
const UNPACKED_BYTES: u64 = 8 << 30;
/// Problems told of one check; more are counted.
const TOLD: usize = 10;

/// What came of one check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub check: &'static str,
    /// A sentence each; empty where all is well or nothing was looked at.
    pub problems: Vec<String>,
    /// Why it was left out.
    pub unchecked: Option<&'static str>,
}

/// What came of all of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// As far as it could be read; nothing in it is to be relied on where there are problems.
    pub manifest: Option<Manifest>,
    /// Of the key inside.
    pub fingerprint: Option<String>,
    pub findings: Vec<Finding>,
}

impl Verdict {
    pub fn problems(&self) -> usize {
        self.findings.iter().filter(|finding| !finding.problems.is_empty()).count()
    }

    fn found(&mut self, check: &'static str, mut problems: Vec<String>) {
        let more = problems.len().saturating_sub(TOLD);
        problems.truncate(TOLD);
        if more > 0 {
            problems.push(format!("and {more} more"));
        }
        self.findings.push(Finding { check, problems, unchecked: None });
    }

    fn left_out(&mut self, check: &'static str, why: &'static str) {
        self.findings.push(Finding { check, problems: Vec::new(), unchecked: Some(why) });
    }
}

/// The key that a bundle must be signed with, as the receiver has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GivenKey {
    Public(PublicKey),
    Fingerprint(String),
}

impl GivenKey {
    /// PEM, or 64 hex digits. Errors: `SEAT-P24`.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let text = text.trim();
        if text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Ok(Self::Fingerprint(text.to_ascii_lowercase()));
        }
        PublicKey::from_pem(text).map(Self::Public).ok_or_else(|| {
            let begin: String = text.chars().take(80).collect();
            let detail = format!(
                "expected a file with an Ed25519 public key in PEM, or its fingerprint of 64 digits, found {}",
                quoted(&begin)
            );
            Error::new(code::KEY_INVALID, detail)
        })
    }

    fn fingerprint(&self) -> String {
        match self {
            Self::Public(key) => key.fingerprint(),
            Self::Fingerprint(fingerprint) => fingerprint.clone(),
        }
    }
}

/// All checks that the file lets be made, in their order.
pub fn verify(bytes: &[u8], given: Option<&GivenKey>) -> Verdict {
    const ARCHIVE: &str = "the file is a sound zip archive";
    let mut verdict = Verdict::default();
    let archive = match Archive::open(bytes, "", ENTRIES + 1_000, UNPACKED_BYTES) {
        Ok(archive) => archive,
        Err(rejection) => {
            verdict.found(ARCHIVE, vec![rejection.detail()]);
            return verdict;
        }
    };
    verdict.found(ARCHIVE, Vec::new());
    let contents = Contents::new(&archive);
    let text = contents.text(manifest::MANIFEST);
    let read = text.and_then(|text| Ok((read_manifest(&text)?, text)));
    let (manifest, text) = match read {
        Ok(read) => read,
        Err(problem) => {
            verdict.found("the manifest can be read", vec![problem]);
            return verdict;
        }
    };
    verdict.found("the manifest can be read", Vec::new());
    signed(&contents, &manifest, &text, given, &mut verdict);
    verdict.found(
        "every entry is there, as it was signed, and none beside them",
        contents.differences(&manifest),
    );
    sheet::check(&contents, &manifest, &mut verdict);
    verdict.manifest = Some(manifest);
    verdict
}

fn read_manifest(text: &str) -> Result<Manifest, String> {
    #[derive(serde::Deserialize)]
    struct Format {
        format: u64,
    }
    let malformed =
        |error: serde_json::Error| format!("expected {} to be well-formed: {error}", manifest::MANIFEST);
    let Format { format } = serde_json::from_str(text).map_err(malformed)?;
    if format != u64::from(manifest::FORMAT) {
        return Err(format!("expected format {}, found {format}: another program made it", manifest::FORMAT));
    }
    serde_json::from_str(text).map_err(malformed)
}

fn signed(
    contents: &Contents<'_>,
    manifest: &Manifest,
    text: &str,
    given: Option<&GivenKey>,
    verdict: &mut Verdict,
) {
    const INSIDE: &str = "the manifest is signed by the key inside";
    const GIVEN: &str = "that key is the one that was given";
    let pem = contents.text(manifest::KEY);
    let inside = pem.and_then(|pem| {
        PublicKey::from_pem(&pem)
            .ok_or_else(|| format!("expected an Ed25519 public key in {}, found none", manifest::KEY))
    });
    let signature = contents.bytes(manifest::SIGNATURE);
    let mut problems = Vec::new();
    match (&inside, &signature) {
        (Ok(key), Ok(signature)) => {
            if !key.verifies(text.as_bytes(), signature) {
                problems.push(format!("expected a signature by {}, found another", key.fingerprint()));
            }
            let told = (manifest.key.algorithm.as_str(), manifest.key.fingerprint.as_str());
            if told != (manifest::ALGORITHM, key.fingerprint().as_str()) {
                problems.push("expected the key that the manifest names, found another".to_owned());
            }
        }
        (key, signature) => {
            problems.extend(key.as_ref().err().into_iter().chain(signature.as_ref().err()).cloned());
        }
    }
    verdict.found(INSIDE, problems);
    verdict.fingerprint = inside.ok().map(|key| key.fingerprint());
    let Some(given) = given else {
        verdict.left_out(GIVEN, "no key was given: compare the fingerprint with the sender's");
        return;
    };
    let (expected, found) = (given.fingerprint(), verdict.fingerprint.as_deref().unwrap_or("none"));
    let differs = format!("expected the key {expected}, found {found}");
    verdict.found(GIVEN, if expected == found { Vec::new() } else { vec![differs] });
}
