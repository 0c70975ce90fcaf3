//! Refuses a data folder on a network file system: SQLite's locks do not hold there.

use std::path::Path;

use super::StoreError;

/// Errors: `SEAT-S04`. Where the mounts cannot be read, nothing is refused.
pub fn refuse(folder: &Path) -> Result<(), StoreError> {
    #[cfg(target_os = "linux")]
    if let (Ok(folder), Ok(mounts)) = (folder.canonicalize(), std::fs::read_to_string("/proc/self/mountinfo"))
        && let Some(kind) = network_mount(&folder, &mounts)
    {
        let detail = format!(
            "expected {} on a local disk, found it on a network file system ({kind}): move the data folder",
            folder.display()
        );
        return Err(StoreError::unusable(crate::domain::error::code::DATABASE_UNUSABLE, detail));
    }
    let _ = folder;
    Ok(())
}

/// The file system type of the mount that holds `folder`, where it is a network one.
#[cfg(target_os = "linux")]
fn network_mount<'a>(folder: &Path, mountinfo: &'a str) -> Option<&'a str> {
    const NETWORK: [&str; 10] =
        ["nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "ceph", "ncpfs", "fuse.sshfs", "fuse.glusterfs"];
    let mounts = mountinfo.lines().filter_map(|line| {
        let (front, back) = line.split_once(" - ")?;
        let point = front.split(' ').nth(4)?.replace("\\040", " ");
        Some((point, back.split(' ').next()?))
    });
    let holding = mounts.filter(|(point, _)| folder.starts_with(point));
    // The longest mount point, and of those the last one mounted.
    let (_, kind) = holding.reduce(|best, next| if next.0.len() >= best.0.len() { next } else { best })?;
    NETWORK.contains(&kind).then_some(kind)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn the_mount_that_holds_the_folder_decides() {
        let mounts = "22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n\
                      31 22 0:44 / /srv/share\\040one rw - nfs4 filer:/export rw\n\
                      32 22 8:2 / /srv/share\\040one/local rw - ext4 /dev/sdb rw\n";
        assert_eq!(network_mount(Path::new("/srv/share one/data"), mounts), Some("nfs4"));
        assert_eq!(network_mount(Path::new("/srv/share one/local/data"), mounts), None);
        assert_eq!(network_mount(Path::new("/var/lib/seatledger"), mounts), None);
    }
}
