//! The reference of a request: in the log, on error pages, and in the header `X-Request-Id`.

use actix_web::{HttpMessage as _, HttpRequest};

/// Kept with the request by the outermost layer.
#[derive(Clone, Debug)]
pub struct Reference(String);

impl Reference {
    /// 64 bits of chance: they need not be secret, only different.
    pub fn fresh() -> Self {
        let mut bytes = [0; 8];
        // Without chance all references are alike, and that is all that is lost.
        let _ = getrandom::fill(&mut bytes);
        Self(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// That of a request.
    pub fn of(request: &HttpRequest) -> String {
        request.extensions().get::<Self>().map_or_else(String::new, |reference| reference.0.clone())
    }
}
