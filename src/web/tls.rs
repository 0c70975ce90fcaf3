//! TLS: a certificate from files, or one that signs itself, kept in the data folder.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::domain::error::{Error, code};

/// Where certificate and key are.
pub struct Identity {
    pub certificate: PathBuf,
    pub key: PathBuf,
}

/// Names of the files of a certificate that signs itself, in the data folder.
const CERTIFICATE: &str = "tls-certificate.pem";
const KEY: &str = "tls-key.pem";

impl Identity {
    /// The certificate that signs itself, made at the first call: browsers that trusted it once know it again.
    ///
    /// Errors: `SEAT-C12`.
    pub fn self_signed(data: &Path, names: Vec<String>) -> Result<Self, Error> {
        let (certificate, key) = (data.join(CERTIFICATE), data.join(KEY));
        if !certificate.exists() || !key.exists() {
            let made = rcgen::generate_simple_self_signed(names)
                .map_err(|error| refuse(&certificate, &error.to_string()))?;
            std::fs::create_dir_all(data).map_err(|error| refuse(data, &error.to_string()))?;
            write(&key, &made.signing_key.serialize_pem(), true)?;
            write(&certificate, &made.cert.pem(), false)?;
        }
        Ok(Self { certificate, key })
    }

    /// Errors: `SEAT-C12` for files that are missing or hold no certificate or key.
    pub fn config(self) -> Result<ServerConfig, Error> {
        let certificates: Result<Vec<CertificateDer<'_>>, _> =
            CertificateDer::pem_file_iter(&self.certificate)
                .map_err(|error| refuse(&self.certificate, &error.to_string()))?
                .collect();
        let certificates = certificates.map_err(|error| refuse(&self.certificate, &error.to_string()))?;
        let key =
            PrivateKeyDer::from_pem_file(&self.key).map_err(|error| refuse(&self.key, &error.to_string()))?;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .and_then(|builder| builder.with_no_client_auth().with_single_cert(certificates, key))
            .map_err(|error| refuse(&self.certificate, &error.to_string()))
    }
}

/// Writes a file; a secret one for its owner alone.
fn write(path: &Path, text: &str, is_secret: bool) -> Result<(), Error> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    if is_secret {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    #[cfg(not(unix))]
    let _ = is_secret;
    let written =
        options.open(path).and_then(|mut file| std::io::Write::write_all(&mut file, text.as_bytes()));
    written.map_err(|error| refuse(path, &error.to_string()))
}

fn refuse(path: &Path, found: &str) -> Error {
    let detail = format!("expected a PEM certificate or key in {}, found: {found}", path.display());
    Error::new(code::TLS_INVALID, detail)
}
