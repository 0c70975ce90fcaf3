//! `README.txt`: what a bundle is and how it is checked, for whoever opens one.

pub const WHOLE: &str = "\
This is the license usage report of one closed month, as one file that proves itself.

  statement.csv     all rows of the statement: customers, those linked to none, totals, sources, late usage
  customers/        the same rows, a file for each customer; none.csv holds those linked to none
  users.csv         every user behind these figures
  statement.txt     the statement as it was sealed: its SHA-256 is the seal
  manifest.json     what month, whose, sealed with what; size and SHA-256 of every file
  manifest.sig      Ed25519 signature of manifest.json
  key.pem           the public key that belongs to it

To check it, with seatledger on any machine:

  seatledger verify-bundle FILE.zip --key FINGERPRINT

Ask the sender once, by another way than this file, for the fingerprint (64 digits). Without --key the check
tells whether the bundle fits together, and not from whom it is.

To check it without seatledger, unpacked:

  sha256sum statement.txt
      prints the seal that manifest.json names
  sha256sum customers/*.csv *.csv
      prints what manifest.json says of each
  openssl pkeyutl -verify -pubin -inkey key.pem -rawin -in manifest.json -sigfile manifest.sig
      prints: Signature Verified Successfully
  openssl pkey -pubin -in key.pem -outform DER | sha256sum
      prints the fingerprint to compare

The seal proves the figures, and with previous_seal those of every month before, to whoever has a seal from
elsewhere: a printed statement, a letter, an older bundle. The signature proves which installation made this file.
";

pub const ONE: &str = "\
This is the license usage report of one customer for one closed month, as one file that proves itself.

  customers/        the rows of the statement that are this customer's
  users.csv         every user behind these figures
  manifest.json     what month, whose, sealed with what; size and SHA-256 of every file
  manifest.sig      Ed25519 signature of manifest.json
  key.pem           the public key that belongs to it

To check it, with seatledger on any machine:

  seatledger verify-bundle FILE.zip --key FINGERPRINT

Ask the sender once, by another way than this file, for the fingerprint (64 digits). Without --key the check
tells whether the bundle fits together, and not from whom it is.

To check it without seatledger, unpacked:

  sha256sum customers/*.csv users.csv
      prints what manifest.json says of each
  openssl pkeyutl -verify -pubin -inkey key.pem -rawin -in manifest.json -sigfile manifest.sig
      prints: Signature Verified Successfully
  openssl pkey -pubin -in key.pem -outform DER | sha256sum
      prints the fingerprint to compare

The seal of the month is named in the manifest and signed with it. It covers other customers too, so it cannot
be computed from this file.
";
