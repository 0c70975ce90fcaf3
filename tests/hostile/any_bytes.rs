//! No bytes whatever make the reader panic.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use seatledger::payload::Limits;

use crate::zip::{Entry, write};
use crate::{GOOD, read_with};

const REPORT: &[u8] = br#"<R><LSInfo><GUID>73f4bbb0-bba6-5554-9467-9150f7ba0ce0</GUID><DateSampleStopUTC>2026-10-15T03:00:02Z</DateSampleStopUTC></LSInfo>
<Inventory><Feature><ID>XDT_PLT_UD</ID><SADate id="2026.1231"><CountInstalled>5</CountInstalled><UsersBillable><ID timeLastLogin="2026-10-12T08:15:00Z">a</ID></UsersBillable></SADate></Feature></Inventory></R>"#;
const LICENSE: &[u8] =
    b"SERVER a ANY\nINCREMENT XDT_PLT_UD CITRIX 2026.1231 31-dec-2026 5 VENDOR_STRING=;ODP=10 \\\n SN=\"x\"\n";

fn valid() -> Vec<Vec<u8>> {
    let inner = write(&[Entry::new("r.xml", REPORT), Entry::streamed("b.json", GOOD, true, false)]);
    let all = [Entry::new("a.json", GOOD), Entry::stored("a.lic", LICENSE), Entry::stored("in.zip", &inner)];
    vec![GOOD.to_vec(), REPORT.to_vec(), LICENSE.to_vec(), write(&all)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn random_bytes_never_panic(bytes in vec(any::<u8>(), 0..400), head in 0..6_usize) {
        let heads: [&[u8]; 6] = [b"", b"PK\x03\x04", b"{\"format\":\"seatledger/site@1\",", b"<R><LSInfo>", b"INCREMENT ", b"[{\""];
        let _ = read_with(&[heads[head], &bytes].concat(), &Limits::default());
    }

    #[test]
    fn changed_uploads_never_panic(
        which in any::<Index>(),
        changes in vec((any::<Index>(), any::<u8>()), 1..6),
        cut in proptest::option::weighted(0.2, any::<Index>()),
    ) {
        let valid = valid();
        let mut bytes = which.get(&valid).clone();
        for (at, value) in changes {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        let _ = read_with(&bytes, &Limits::default());
    }
}
