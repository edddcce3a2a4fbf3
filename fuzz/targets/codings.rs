//! Bodies with a content coding: what comes out is bounded by size and by ratio, and what was coded comes out as it was.

use std::io::Write as _;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};
use hookferry::accept::{Codings, Undecoded};
use http::{HeaderMap, HeaderValue};

const BYTES_MAX: usize = 256 * 1024;
const RATIO_MAX: usize = 100;
/// What no ratio is asked of.
const SMALL_BYTES: usize = 64 * 1024;

const HEADERS: [&str; 12] = [
    "gzip",
    "deflate",
    "zstd",
    "br",
    "gzip, gzip",
    "deflate, gzip",
    "zstd, br",
    "br, br",
    "identity",
    "x-gzip , ",
    "GZIP,zstd",
    "br, deflate",
];

pub fn run(data: &[u8]) {
    let Some((first, rest)) = data.split_first() else {
        return;
    };
    if *first >= 0xf0 {
        round_trip(first & 7, rest);
        return;
    }
    let mut headers = HeaderMap::new();
    let text = HEADERS[usize::from(*first) % HEADERS.len()];
    headers.insert("content-encoding", HeaderValue::from_static(text));
    let codings = Codings::of(&headers).expect("known codings");
    if let Ok(decoded) = codings.decode(&Bytes::copy_from_slice(rest), BYTES_MAX, RATIO_MAX) {
        assert!(decoded.len() <= BYTES_MAX);
        assert!(
            decoded.len() <= (rest.len() * RATIO_MAX).max(SMALL_BYTES),
            "{} of {}",
            decoded.len(),
            rest.len()
        );
    }
    // Codings that the fuzzer makes up.
    let mut headers = HeaderMap::new();
    if let Ok(value) = HeaderValue::from_bytes(&rest[..rest.len().min(64)]) {
        headers.append("content-encoding", value);
    }
    if let Ok(codings) = Codings::of(&headers) {
        let decoded = codings.decode(&Bytes::from_static(b"{}"), BYTES_MAX, RATIO_MAX);
        assert!(!codings.is_empty() || decoded.as_deref() == Ok(&b"{}"[..]));
    }
}

fn round_trip(which: u8, data: &[u8]) {
    let level = Compression::new(u32::from(which >> 1));
    let (name, coded) = match which % 3 {
        0 => {
            let mut coder = GzEncoder::new(Vec::new(), level);
            coder.write_all(data).expect("memory");
            ("gzip", coder.finish().expect("memory"))
        }
        1 => {
            let mut coder = ZlibEncoder::new(Vec::new(), level);
            coder.write_all(data).expect("memory");
            ("deflate", coder.finish().expect("memory"))
        }
        _ => {
            let mut coder = DeflateEncoder::new(Vec::new(), level);
            coder.write_all(data).expect("memory");
            ("deflate", coder.finish().expect("memory"))
        }
    };
    let mut headers = HeaderMap::new();
    headers.insert("content-encoding", HeaderValue::from_static(name));
    let codings = Codings::of(&headers).expect("a known coding");
    let decode =
        |coded: &[u8]| codings.decode(&Bytes::copy_from_slice(coded), BYTES_MAX, RATIO_MAX);
    // Deflate without zlib's head may look as if it had one.
    let looks_like_zlib = which % 3 == 2
        && coded.len() > 1
        && coded[0] & 0x0f == 8
        && u16::from_be_bytes([coded[0], coded[1]]).is_multiple_of(31);
    if !looks_like_zlib {
        assert_eq!(decode(&coded).as_deref(), Ok(data));
    }
    // Cut short it is broken, and so is what has something behind it.
    if coded.len() > 1 {
        let cut = decode(&coded[..coded.len() - 1]);
        assert!(cut == Err(Undecoded::Broken) || looks_like_zlib, "{cut:?}");
    }
    let more = decode(&[coded.as_slice(), b"x"].concat());
    assert!(
        more == Err(Undecoded::Broken) || looks_like_zlib,
        "{more:?}"
    );
}

pub fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    let gzip = |data: &[u8]| {
        let mut coder = GzEncoder::new(Vec::new(), Compression::best());
        coder.write_all(data).expect("memory");
        coder.finish().expect("memory")
    };
    let zlib = |data: &[u8]| {
        let mut coder = ZlibEncoder::new(Vec::new(), Compression::best());
        coder.write_all(data).expect("memory");
        coder.finish().expect("memory")
    };
    let zeros = vec![0; 2 << 20];
    let body = br#"{"type":"a","data":[1,2,3,1,2,3,1,2,3]}"#;
    for data in [&zeros[..], &body[..], b""] {
        seeds.push([&[0][..], gzip(data).as_slice()].concat());
        seeds.push([&[1][..], zlib(data).as_slice()].concat());
        seeds.push([&[4][..], gzip(&gzip(data)).as_slice()].concat());
        seeds.push([&[5][..], gzip(&zlib(data)).as_slice()].concat());
    }
    let zstd: &[u8] = &[
        0x28, 0xb5, 0x2f, 0xfd, 0x04, 0x58, 0x45, 0, 0, 0x10, 0x7b, 0x7d, 1, 0, 0xf2, 0xff, 0x39,
        0x10, 2, 1, 2, 3, 4,
    ];
    let brotli: &[u8] = &[0x0b, 0x02, 0x80, 0x68, 0x65, 0x6c, 0x6c, 0x6f, 0x03];
    for first in [2_u8, 3, 6, 7] {
        for data in [
            zstd,
            brotli,
            &[0x1b, 0xff, 0xff, 0x3f, 0, 0xa4, 0xb0, 0xb2],
            &[0x28, 0xb5, 0x2f, 0xfd, 0xa0, 0, 0, 0x10, 0, 3, 0, 0x80, 0],
        ] {
            seeds.push([&[first][..], data].concat());
        }
    }
    for which in 0..8_u8 {
        seeds.push([&[0xf0 | which][..], body].concat());
    }
    seeds.push(b"\x08gzip;q=1, identity".to_vec());
    seeds
}
