//! What one upload may cost. Each limit is a setting; these are the defaults.

/// Bounds that are checked while reading, before memory is spent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Size of the file, bytes.
    pub file_bytes: u64,
    /// All entries unpacked, nested ones included, bytes.
    pub unpacked_bytes: u64,
    /// Entries, nested ones included.
    pub entries: usize,
    /// How deep a zip may lie in a zip.
    pub nesting: usize,
    /// Names in all lists.
    pub names: usize,
    /// One name, bytes.
    pub name_bytes: usize,
    /// Levels of JSON or XML.
    pub depth: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            file_bytes: 64 << 20,
            unpacked_bytes: 512 << 20,
            entries: 64,
            nesting: 2,
            names: 2_000_000,
            name_bytes: 512,
            depth: 64,
        }
    }
}
