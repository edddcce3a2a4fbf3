//! Certificates for keys that a test makes.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// A self-signed certificate in PEM around a public key, with nothing else in it: whom to trust is
/// the operator's word, so that nobody reads more of it.
pub fn certificate(public_key: &str) -> String {
    fn der(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
        let inner = parts.concat();
        let length = u16::try_from(inner.len()).unwrap().to_be_bytes();
        [&[tag, 0x82], length.as_slice(), &inner].concat()
    }
    let rsa_with_sha256 = [
        0x06, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 0x0b, 0x05, 0,
    ];
    let algorithm = der(0x30, &[&rsa_with_sha256]);
    let nobody = der(0x30, &[]);
    let day = der(0x17, &[b"260101000000Z"]);
    let validity = der(0x30, &[&day, &day]);
    let key = STANDARD.decode(public_key).unwrap();
    let body = der(
        0x30,
        &[&[0x02, 1, 1], &algorithm, &nobody, &validity, &nobody, &key],
    );
    let signature = der(0x03, &[&[0, 0]]);
    let whole = STANDARD.encode(der(0x30, &[&body, &algorithm, &signature]));
    let lines: Vec<_> = whole
        .as_bytes()
        .chunks(64)
        .map(String::from_utf8_lossy)
        .collect();
    format!(
        "-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n",
        lines.join("\n")
    )
}
