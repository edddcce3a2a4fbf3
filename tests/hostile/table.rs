//! Reads requests.txt: every case of every row, one by one.

use super::support::github::Delivery;
use super::support::project_file;
use super::{PATH, SECRET};

/// One malformed request, and what it has to come to.
#[derive(Debug)]
pub(super) struct Case {
    /// Where it stands in the table, and which of its row it is.
    pub(super) name: String,
    pub(super) expected: Vec<u16>,
    row: Row,
    piece: Vec<Part>,
}

#[derive(Debug, Clone)]
struct Row {
    is_signed: bool,
    carrier: String,
    is_kept: bool,
}

#[derive(Debug, Clone)]
enum Part {
    Bytes(Vec<u8>),
    Place(String),
}

/// All cases of the table, in its order.
pub(super) fn cases() -> Vec<Case> {
    let file = project_file("tests/hostile/requests.txt");
    let text = std::fs::read_to_string(file).expect("it is there");
    let mut cases = Vec::new();
    for (number, line) in text.lines().enumerate() {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let number = number + 1;
        let (columns, piece) = line
            .split_once(" : ")
            .unwrap_or_else(|| panic!("line {number}: {line}"));
        let columns: Vec<_> = columns.split_whitespace().collect();
        let [who, carrier, expected] = columns[..] else {
            panic!("line {number}: {line}");
        };
        let row = Row {
            is_signed: match who {
                "signed" => true,
                "forged" => false,
                _ => panic!("line {number}: {who}"),
            },
            carrier: carrier.to_owned(),
            is_kept: expected.ends_with('+'),
        };
        let statuses = expected.trim_end_matches('+').split(',');
        let mut expected: Vec<u16> = statuses
            .filter(|it| *it != "-")
            .map(|it| it.parse().expect("a status"))
            .collect();
        if row.is_kept {
            // The lawful request behind it is answered.
            expected.push(404);
        }
        for (which, piece) in expand(piece).into_iter().enumerate() {
            cases.push(Case {
                name: format!("requests.txt:{number}/{which}"),
                expected: expected.clone(),
                row: row.clone(),
                piece,
            });
        }
    }
    cases
}

impl Case {
    /// What goes over the wire: the request, and behind it either what a smuggler would like to be read as
    /// a second one, which is signed and would be stored, or where the connection goes on a harmless one.
    pub(super) fn bytes(&self, delivery: &Delivery, smuggled: &Delivery) -> Vec<u8> {
        let body = &delivery.body;
        let secret = if self.row.is_signed {
            SECRET
        } else {
            "a-forger-does-not-know-it"
        };
        let head = delivery.head(PATH, secret, "1.1");
        let line = format!("POST {PATH} HTTP/1.1\r\n");
        let host = "host: hooks.example.com\r\n";
        let rest = head
            .strip_prefix(&line)
            .and_then(|it| it.strip_prefix(host));
        let rest = rest.expect("a head begins so");
        let length = format!("content-length: {}\r\n", body.len());
        let piece = self.fill(delivery, &length);
        let text = |text: &str| text.as_bytes().to_vec();
        let chunked = [
            format!("{:x}\r\n", body.len()).as_bytes(),
            body,
            b"\r\n0\r\n\r\n",
        ]
        .concat();
        let end = || text("\r\n");
        let mut bytes = match self.row.carrier.as_str() {
            "line" => [
                piece,
                end(),
                text(host),
                text(rest),
                text(&length),
                end(),
                body.clone(),
            ],
            "host" => [
                text(&line),
                piece,
                text(rest),
                text(&length),
                end(),
                body.clone(),
                vec![],
            ],
            "header" => [
                text(&head),
                piece,
                text(&length),
                end(),
                body.clone(),
                vec![],
                vec![],
            ],
            "length" => [
                text(&head),
                piece,
                end(),
                body.clone(),
                vec![],
                vec![],
                vec![],
            ],
            "chunks" => [text(&head), piece, end(), chunked, vec![], vec![], vec![]],
            "body" => {
                let coding = text("transfer-encoding: chunked\r\n");
                [text(&head), coding, end(), piece, vec![], vec![], vec![]]
            }
            "raw" => [piece, vec![], vec![], vec![], vec![], vec![], vec![]],
            other => panic!("no carrier: {other}"),
        }
        .concat();
        if self.row.is_kept {
            bytes.extend(b"GET /after HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
        } else {
            bytes.extend(smuggled.whole(PATH, SECRET));
        }
        bytes
    }

    fn fill(&self, delivery: &Delivery, length_line: &str) -> Vec<u8> {
        let length = delivery.body.len();
        let signed = delivery.head(PATH, SECRET, "1.1");
        let signature = signed.split_once("x-hub-signature-256: ").unwrap().1;
        let mut bytes = Vec::new();
        for part in &self.piece {
            match part {
                Part::Bytes(more) => bytes.extend(more),
                Part::Place(name) => match name.as_str() {
                    "BODY" => bytes.extend(&delivery.body),
                    "LENGTH" => bytes.extend(length.to_string().bytes()),
                    "SIZE" => bytes.extend(format!("{length:x}").bytes()),
                    "PATH" => bytes.extend(PATH.bytes()),
                    "SIGNATURE" => bytes.extend(signature.trim_end().bytes()),
                    // A whole head without its request line and its end.
                    "HEADERS" => {
                        bytes.extend(signed.split_once("\r\n").unwrap().1.bytes());
                        bytes.extend(length_line.bytes());
                    }
                    other => panic!("no place: {other}"),
                },
            }
        }
        bytes
    }
}

/// Every way to read a piece: `⟨a|b⟩` is one case each, `⟦00-1f 7f⟧` one for each byte, `⟪a×9⟫` the same
/// nine times over, `«BODY»` a place to fill; `\r \n \t \\ \xNN` are bytes.
fn expand(piece: &str) -> Vec<Vec<Part>> {
    let mut all: Vec<Vec<Part>> = vec![Vec::new()];
    let mut rest = piece;
    let inside = |rest: &str, from: char, to: char| -> Option<(String, usize)> {
        let inner = rest.strip_prefix(from)?;
        let end = inner.find(to).unwrap_or_else(|| panic!("no {to}: {piece}"));
        let whole = from.len_utf8() + end + to.len_utf8();
        Some((inner[..end].to_owned(), whole))
    };
    while let Some(next) = rest.chars().next() {
        let (ways, used): (Vec<Vec<Part>>, usize) =
            if let Some((inner, used)) = inside(rest, '⟨', '⟩') {
                let ways = inner.split('|').flat_map(expand).collect();
                (ways, used)
            } else if let Some((inner, used)) = inside(rest, '⟦', '⟧') {
                let bytes = inner.split(' ').flat_map(range);
                let ways = bytes.map(|byte| vec![Part::Bytes(vec![byte])]).collect();
                (ways, used)
            } else if let Some((inner, used)) = inside(rest, '⟪', '⟫') {
                let (what, count) = inner.split_once('×').expect("a count");
                let what = unescape(what).repeat(count.parse().expect("a number"));
                (vec![vec![Part::Bytes(what)]], used)
            } else if let Some((inner, used)) = inside(rest, '«', '»') {
                (vec![vec![Part::Place(inner)]], used)
            } else {
                let end = rest
                    .find(['⟨', '⟦', '⟪', '«'])
                    .unwrap_or(rest.len())
                    .max(next.len_utf8());
                (vec![vec![Part::Bytes(unescape(&rest[..end]))]], end)
            };
        all = all
            .iter()
            .flat_map(|before| {
                let ways = ways.iter();
                ways.map(move |way| [before.as_slice(), way].concat())
            })
            .collect();
        rest = &rest[used..];
    }
    all
}

fn range(text: &str) -> std::ops::RangeInclusive<u8> {
    let (from, to) = text.split_once('-').unwrap_or((text, text));
    let byte = |text| u8::from_str_radix(text, 16).expect("a byte");
    byte(from)..=byte(to)
}

fn unescape(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut left = text.chars();
    while let Some(next) = left.next() {
        if next != '\\' {
            bytes.extend(next.to_string().bytes());
            continue;
        }
        bytes.push(match left.next() {
            Some('r') => b'\r',
            Some('n') => b'\n',
            Some('t') => b'\t',
            Some('\\') => b'\\',
            Some('x') => {
                let digits: String = left.by_ref().take(2).collect();
                u8::from_str_radix(&digits, 16).expect("a byte")
            }
            other => panic!("{other:?} in {text}"),
        });
    }
    bytes
}

/// The same of a piece without places.
pub(super) fn texts(piece: &str) -> Vec<Vec<u8>> {
    let text = |part: &Part| match part {
        Part::Bytes(bytes) => bytes.clone(),
        Part::Place(name) => panic!("a place: {name}"),
    };
    let ways = expand(piece);
    ways.iter()
        .map(|parts| parts.iter().flat_map(text).collect())
        .collect()
}
