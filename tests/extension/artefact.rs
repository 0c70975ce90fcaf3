//! The file under test: found, or built by scripts/extension where it is missing or older than src/.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;
use std::time::SystemTime;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// `target/extension/release/libseatledger.so`, or what SEATLEDGER_EXTENSION names.
pub fn extension() -> &'static Path {
    static FILE: LazyLock<PathBuf> = LazyLock::new(|| match std::env::var_os("SEATLEDGER_EXTENSION") {
        Some(file) => file.into(),
        None => built("extension", &[]),
    });
    &FILE
}

/// The same with the functions that panic on purpose.
pub fn panic_extension() -> &'static Path {
    static FILE: LazyLock<PathBuf> = LazyLock::new(|| built("extension-panic", &["--panic-test"]));
    &FILE
}

fn built(folder: &str, arguments: &[&str]) -> PathBuf {
    let target = Path::new(ROOT).join("target");
    let name = format!("{}seatledger{}", std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
    let file = target.join(folder).join("release").join(name);
    if is_current(&file) {
        return file;
    }
    // Tests are processes of their own under nextest: one builds, the others wait.
    fs::create_dir_all(&target).unwrap();
    let lock = File::create(target.join(format!("{folder}.lock"))).unwrap();
    lock.lock().unwrap();
    if !is_current(&file) {
        let script = Path::new(ROOT).join("scripts/extension");
        let output = Command::new("bash").arg(script).args(arguments).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    file
}

fn is_current(file: &Path) -> bool {
    let Ok(built) = fs::metadata(file).and_then(|file| file.modified()) else { return false };
    let root = Path::new(ROOT);
    [root.join("Cargo.toml"), root.join("Cargo.lock"), root.join("src")]
        .iter()
        .all(|source| newest(source) <= built)
}

fn newest(path: &Path) -> SystemTime {
    let own = fs::metadata(path).unwrap().modified().unwrap();
    if path.is_file() {
        return own;
    }
    fs::read_dir(path).unwrap().map(|entry| newest(&entry.unwrap().path())).max().unwrap_or(own)
}
