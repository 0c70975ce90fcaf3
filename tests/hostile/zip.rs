//! A zip writer that can lie: every number of every header can be set apart from what is true.

use std::io::Write as _;

use flate2::{Compression, write::DeflateEncoder};

/// One entry; `local` and `central` are changed after the true headers are made.
#[derive(Clone)]
pub struct Entry {
    pub name: Vec<u8>,
    pub data: Vec<u8>,
    /// What stands in the file as its packed data.
    pub packed: Vec<u8>,
    pub method: u16,
    pub flags: u16,
    pub attributes: u32,
    pub local_extra: Vec<u8>,
    pub central_extra: Vec<u8>,
    /// Bytes before its local header.
    pub before: Vec<u8>,
    /// Bytes behind its data.
    pub behind: Vec<u8>,
    pub local: Lies,
    pub central: Lies,
}

/// Header fields that are not as they should be.
#[derive(Clone, Default)]
pub struct Lies {
    pub name: Option<Vec<u8>>,
    pub flags: Option<u16>,
    pub method: Option<u16>,
    pub checksum: Option<u32>,
    pub packed_size: Option<u32>,
    pub size: Option<u32>,
    pub offset: Option<u32>,
    pub disk: Option<u16>,
}

/// What stands around the entries.
#[derive(Clone, Default)]
pub struct Frame {
    pub before_directory: Vec<u8>,
    pub before_end: Vec<u8>,
    pub comment: Vec<u8>,
    pub behind: Vec<u8>,
    pub count: Option<u16>,
    pub directory_size: Option<u32>,
    pub directory_offset: Option<u32>,
}

pub fn deflate(data: &[u8]) -> Vec<u8> {
    let mut packer = DeflateEncoder::new(Vec::new(), Compression::fast());
    packer.write_all(data).expect("packed");
    packer.finish().expect("packed")
}

impl Entry {
    pub fn new(name: impl AsRef<[u8]>, data: &[u8]) -> Self {
        Self { packed: deflate(data), method: 8, ..Self::stored(name, data) }
    }

    pub fn stored(name: impl AsRef<[u8]>, data: &[u8]) -> Self {
        Self {
            name: name.as_ref().to_vec(),
            data: data.to_vec(),
            packed: data.to_vec(),
            method: 0,
            flags: 0,
            attributes: 0,
            local_extra: vec![],
            central_extra: vec![],
            before: vec![],
            behind: vec![],
            local: Lies::default(),
            central: Lies::default(),
        }
    }

    /// As a streaming writer makes it: numbers in a descriptor behind the data.
    pub fn streamed(name: &str, data: &[u8], signature: bool, wide: bool) -> Self {
        let mut entry = Self::new(name, data);
        entry.flags = 1 << 3;
        entry.local = Lies { checksum: Some(0), packed_size: Some(0), size: Some(0), ..Lies::default() };
        let (packed, size) = (entry.packed.len() as u64, data.len() as u64);
        let mut descriptor = if signature { b"PK\x07\x08".to_vec() } else { vec![] };
        descriptor.extend(crc32fast::hash(data).to_le_bytes());
        for number in [packed, size] {
            descriptor.extend(if wide {
                number.to_le_bytes().to_vec()
            } else {
                (number as u32).to_le_bytes().to_vec()
            });
        }
        entry.behind = descriptor;
        entry
    }

    fn header(&self, lies: &Lies, extra: &[u8]) -> (Vec<u8>, Vec<u8>) {
        let name = lies.name.clone().unwrap_or_else(|| self.name.clone());
        let mut header = 20_u16.to_le_bytes().to_vec();
        header.extend(lies.flags.unwrap_or(self.flags).to_le_bytes());
        header.extend(lies.method.unwrap_or(self.method).to_le_bytes());
        header.extend([0, 0, 0x21, 0]);
        header.extend(lies.checksum.unwrap_or(crc32fast::hash(&self.data)).to_le_bytes());
        header.extend(lies.packed_size.unwrap_or(self.packed.len() as u32).to_le_bytes());
        header.extend(lies.size.unwrap_or(self.data.len() as u32).to_le_bytes());
        header.extend((name.len() as u16).to_le_bytes());
        header.extend((extra.len() as u16).to_le_bytes());
        (header, name)
    }
}

pub fn write(entries: &[Entry]) -> Vec<u8> {
    write_in(entries, &Frame::default())
}

pub fn write_in(entries: &[Entry], frame: &Frame) -> Vec<u8> {
    let (mut file, mut directory) = (Vec::new(), Vec::new());
    for entry in entries {
        file.extend(&entry.before);
        let offset = entry.central.offset.unwrap_or(file.len() as u32);
        let (header, name) = entry.header(&entry.local, &entry.local_extra);
        file.extend(b"PK\x03\x04");
        file.extend(header);
        file.extend(name);
        file.extend(&entry.local_extra);
        file.extend(&entry.packed);
        file.extend(&entry.behind);
        let (header, name) = entry.header(&entry.central, &entry.central_extra);
        directory.extend(b"PK\x01\x02");
        directory.extend([20, 3]);
        directory.extend(header);
        directory.extend([0, 0]);
        directory.extend(entry.central.disk.unwrap_or(0).to_le_bytes());
        directory.extend([0, 0]);
        directory.extend(entry.attributes.to_le_bytes());
        directory.extend(offset.to_le_bytes());
        directory.extend(name);
        directory.extend(&entry.central_extra);
    }
    file.extend(&frame.before_directory);
    let start = frame.directory_offset.unwrap_or(file.len() as u32);
    file.extend(&directory);
    file.extend(&frame.before_end);
    let count = frame.count.unwrap_or(entries.len() as u16);
    file.extend(b"PK\x05\x06\0\0\0\0");
    file.extend(count.to_le_bytes());
    file.extend(count.to_le_bytes());
    file.extend(frame.directory_size.unwrap_or(directory.len() as u32).to_le_bytes());
    file.extend(start.to_le_bytes());
    file.extend((frame.comment.len() as u16).to_le_bytes());
    file.extend(&frame.comment);
    file.extend(&frame.behind);
    file
}
