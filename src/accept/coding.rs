//! Content codings (RFC 9110 section 8.4): a body is decoded under bounds before anything reads it.
//!
//! It is done where the request is, not on threads of its own: so many bodies are decoded at once as there are workers, and what
//! a decoder needs for itself (16 MiB at most, Brotli's window) is never needed more often.

use std::io::Read as _;

use brotli_decompressor::{BrotliDecompressStream, BrotliResult, BrotliState, StandardAlloc};
use bytes::Bytes;
use flate2::bufread::MultiGzDecoder;
use flate2::{Decompress, FlushDecompress, Status};
use http::{HeaderMap, header};
use zstd_safe::{DCtx, DParameter, InBuffer, OutBuffer};

/// What is taken, as `accept-encoding` says it (RFC 9110 section 15.5.16).
pub(super) const TAKEN: &str = "gzip, deflate, zstd, br";

/// More than one is rare already, and each multiplies what a sender can make of a few bytes.
const CODINGS_MAX: usize = 2;

/// What no ratio is asked of: so much costs nothing.
const SMALL_BYTES: usize = 64 * 1024;

/// A decoder's window: 8 MiB, as much as RFC 9659 lets senders expect.
const ZSTD_WINDOW_LOG_MAX: u32 = 23;

const CHUNK_BYTES: usize = 16 * 1024;

/// How a body is coded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Coding {
    Gzip,
    Deflate,
    Zstd,
    Brotli,
}

/// The codings of a body in the order in which they were applied.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Codings(Vec<Coding>);

/// A coding that is not taken, or too many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Untaken;

/// Why a body was not decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Undecoded {
    /// It would be larger than bodies may be.
    TooLarge,
    /// It would be too many times larger than what was sent.
    TooDense,
    /// It is cut off, damaged, not of the coding, or something follows it.
    Broken,
}

impl Codings {
    /// What `content-encoding` says; none when it is not there.
    ///
    /// # Errors
    /// [`Untaken`].
    pub fn of(headers: &HeaderMap) -> Result<Self, Untaken> {
        let mut codings = Vec::new();
        for value in headers.get_all(header::CONTENT_ENCODING) {
            let text = value.to_str().map_err(|_| Untaken)?;
            for name in text.split(',').map(str::trim) {
                let coding = match name.to_ascii_lowercase().as_str() {
                    // Some take the header for the place of a charset.
                    "" | "identity" | "utf-8" | "utf8" => continue,
                    "gzip" | "x-gzip" => Coding::Gzip,
                    "deflate" => Coding::Deflate,
                    "zstd" => Coding::Zstd,
                    "br" => Coding::Brotli,
                    _ => return Err(Untaken),
                };
                codings.push(coding);
            }
        }
        if codings.len() > CODINGS_MAX {
            return Err(Untaken);
        }
        Ok(Self(codings))
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The body as it was before it was coded: of `bytes_max` bytes at most, and at most
    /// `ratio_max` times as large as it is, unless it is small.
    ///
    /// # Errors
    /// [`Undecoded`].
    pub fn decode(
        &self,
        body: &Bytes,
        bytes_max: usize,
        ratio_max: usize,
    ) -> Result<Bytes, Undecoded> {
        let by_ratio = body.len().saturating_mul(ratio_max).max(SMALL_BYTES);
        let mut body = body.clone();
        for coding in self.0.iter().rev() {
            // A request without a body has nothing that is coded, whatever it says.
            if body.is_empty() {
                break;
            }
            let mut out = Out {
                bytes: Vec::new(),
                max: by_ratio.min(bytes_max),
                beyond: if by_ratio < bytes_max {
                    Undecoded::TooDense
                } else {
                    Undecoded::TooLarge
                },
            };
            match coding {
                Coding::Gzip => gunzip(&body, &mut out)?,
                Coding::Deflate => inflate(&body, &mut out)?,
                Coding::Zstd => unzstd(&body, &mut out)?,
                Coding::Brotli => unbrotli(&body, &mut out)?,
            }
            body = Bytes::from(out.bytes);
        }
        Ok(body)
    }
}

/// What has been decoded, under its bound.
struct Out {
    bytes: Vec<u8>,
    max: usize,
    beyond: Undecoded,
}

impl Out {
    fn push(&mut self, chunk: Option<&[u8]>) -> Result<(), Undecoded> {
        let chunk = chunk.ok_or(Undecoded::Broken)?;
        let length = self.bytes.len() + chunk.len();
        if length > self.max {
            return Err(self.beyond);
        }
        if length > self.bytes.capacity() {
            let wanted = (self.bytes.capacity() * 2).clamp(length, self.max.max(length));
            self.bytes.reserve_exact(wanted - self.bytes.len());
        }
        self.bytes.extend_from_slice(chunk);
        Ok(())
    }
}

/// RFC 1952, of one member or several. What follows the last must be another.
fn gunzip(body: &[u8], out: &mut Out) -> Result<(), Undecoded> {
    let mut decoder = MultiGzDecoder::new(body);
    let mut chunk = vec![0; CHUNK_BYTES];
    loop {
        let made = decoder.read(&mut chunk).map_err(|_| Undecoded::Broken)?;
        if made == 0 {
            return Ok(());
        }
        out.push(chunk.get(..made))?;
    }
}

/// RFC 1950; or RFC 1951 alone, which some send by mistake (RFC 9110 section 8.4.1.2).
fn inflate(body: &[u8], out: &mut Out) -> Result<(), Undecoded> {
    let is_zlib = match body {
        [first, second, ..] => {
            first & 0x0f == 8 && u16::from_be_bytes([*first, *second]).is_multiple_of(31)
        }
        _ => false,
    };
    let mut state = Decompress::new(is_zlib);
    let mut chunk = vec![0; CHUNK_BYTES];
    let mut input = body;
    loop {
        let (used, made) = (state.total_in(), state.total_out());
        let status = state
            .decompress(input, &mut chunk, FlushDecompress::None)
            .map_err(|_| Undecoded::Broken)?;
        let count = |now: u64, before: u64| usize::try_from(now - before).unwrap_or(usize::MAX);
        let (used, made) = (
            count(state.total_in(), used),
            count(state.total_out(), made),
        );
        out.push(chunk.get(..made))?;
        input = input.get(used..).ok_or(Undecoded::Broken)?;
        match status {
            Status::StreamEnd if input.is_empty() => return Ok(()),
            Status::StreamEnd => return Err(Undecoded::Broken),
            Status::Ok | Status::BufError if used == 0 && made == 0 => {
                return Err(Undecoded::Broken);
            }
            Status::Ok | Status::BufError => {}
        }
    }
}

/// RFC 8878, of one frame or several.
fn unzstd(body: &[u8], out: &mut Out) -> Result<(), Undecoded> {
    let mut context = DCtx::try_create().ok_or(Undecoded::Broken)?;
    context
        .set_parameter(DParameter::WindowLogMax(ZSTD_WINDOW_LOG_MAX))
        .map_err(|_| Undecoded::Broken)?;
    let mut chunk = vec![0; CHUNK_BYTES];
    let mut input = InBuffer::around(body);
    loop {
        let before = input.pos();
        let mut output = OutBuffer::around(chunk.as_mut_slice());
        let left = context
            .decompress_stream(&mut output, &mut input)
            .map_err(|_| Undecoded::Broken)?;
        let made = output.pos();
        out.push(chunk.get(..made))?;
        if left == 0 && input.pos() == body.len() {
            return Ok(());
        }
        if made == 0 && input.pos() == before {
            return Err(Undecoded::Broken);
        }
    }
}

/// RFC 7932, whose windows are of 16 MiB at most: the library's larger ones are not taken.
fn unbrotli(body: &[u8], out: &mut Out) -> Result<(), Undecoded> {
    let mut state = BrotliState::new_strict(
        StandardAlloc::default(),
        StandardAlloc::default(),
        StandardAlloc::default(),
    );
    let mut chunk = vec![0; CHUNK_BYTES];
    let (mut left, mut at) = (body.len(), 0);
    let mut total = 0;
    loop {
        let (mut room, mut made) = (chunk.len(), 0);
        let result = BrotliDecompressStream(
            &mut left, &mut at, body, &mut room, &mut made, &mut chunk, &mut total, &mut state,
        );
        out.push(chunk.get(..made))?;
        match result {
            BrotliResult::ResultSuccess if left == 0 => return Ok(()),
            BrotliResult::NeedsMoreOutput => {}
            BrotliResult::ResultSuccess
            | BrotliResult::NeedsMoreInput
            | BrotliResult::ResultFailure => return Err(Undecoded::Broken),
        }
    }
}
