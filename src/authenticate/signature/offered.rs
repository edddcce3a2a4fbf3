//! What a signature header says: the signatures that it offers, and the fields beside them.

use super::super::Refusal;
use super::SignatureEncoding;

/// How many signatures one request may offer.
const CANDIDATES_MAX: usize = 16;

/// How a signature header is written.
#[derive(Debug, Clone)]
pub struct Shape {
    /// Separates sets, each of which has fields of its own and is judged alone.
    pub sets: Option<String>,
    /// Separates several signatures or fields in one value.
    pub split: Option<String>,
    /// Separates a field's key from its value.
    pub pair: Option<String>,
    /// The keys of fields that are told apart by their position.
    pub fields: Vec<String>,
    /// The keys of the fields that are signatures.
    pub keys: Vec<String>,
    /// What a signature begins with; others are passed over.
    pub prefix: Option<String>,
    pub encoding: SignatureEncoding,
    /// The fields that what is signed, or its time, is made of.
    pub read: Vec<String>,
}

/// The signatures that a request offers, and the other fields of their header.
#[derive(Debug, Default)]
pub(super) struct Offered {
    pub(super) candidates: Vec<Vec<u8>>,
    pub(super) fields: Vec<(String, String)>,
}

impl Shape {
    /// The sets that `texts` offer; one unless the header is of several.
    pub(super) fn read(&self, texts: &[&str]) -> Result<Vec<Offered>, Refusal> {
        let mut all = Vec::new();
        match &self.sets {
            None => all.push(self.one(texts)?),
            Some(sets) => {
                let each = texts.iter().flat_map(|text| text.split(sets.as_str()));
                for text in each.map(str::trim).filter(|text| !text.is_empty()) {
                    all.push(self.one(&[text])?);
                    if all.len() > CANDIDATES_MAX {
                        return Err(Refusal::MalformedSignature);
                    }
                }
            }
        }
        all.retain(|offered| !offered.candidates.is_empty());
        let candidates: usize = all.iter().map(|offered| offered.candidates.len()).sum();
        if candidates == 0 || candidates > CANDIDATES_MAX {
            return Err(Refusal::MalformedSignature);
        }
        Ok(all)
    }

    fn one(&self, texts: &[&str]) -> Result<Offered, Refusal> {
        let mut offered = Offered::default();
        for text in texts {
            match &self.split {
                None => self.take(text, &mut offered)?,
                Some(split) if self.fields.is_empty() => {
                    for element in text.split(split.as_str()) {
                        self.take(element.trim(), &mut offered)?;
                    }
                }
                Some(split) => {
                    let elements: Vec<_> = text.split(split.as_str()).map(str::trim).collect();
                    if elements.len() != self.fields.len() {
                        return Err(Refusal::MalformedSignature);
                    }
                    for (key, value) in self.fields.iter().zip(elements) {
                        self.field(key, value, &mut offered)?;
                    }
                }
            }
        }
        Ok(offered)
    }

    fn take(&self, element: &str, offered: &mut Offered) -> Result<(), Refusal> {
        let Some(pair) = &self.pair else {
            self.candidate(element, offered);
            return Ok(());
        };
        match element.split_once(pair.as_str()) {
            // Some write key="value".
            Some((key, value)) => self.field(key, value.trim_matches('"'), offered),
            None => Ok(()),
        }
    }

    fn field(&self, key: &str, value: &str, offered: &mut Offered) -> Result<(), Refusal> {
        if self.keys.iter().any(|known| known == key) {
            self.candidate(value, offered);
            return Ok(());
        }
        // Of two times in one header the sender and we could each believe another.
        // The list of what is read is short; that of what was sent need not be.
        let is_read = self.read.iter().any(|known| known == key);
        if is_read && offered.fields.iter().any(|(known, _)| known == key) {
            return Err(Refusal::MalformedSignature);
        }
        offered.fields.push((key.to_owned(), value.to_owned()));
        Ok(())
    }

    fn candidate(&self, text: &str, offered: &mut Offered) {
        let text = match &self.prefix {
            None => Some(text),
            Some(prefix) => text.strip_prefix(prefix.as_str()),
        };
        if let Some(bytes) = text.and_then(|text| self.encoding.decode(text)) {
            offered.candidates.push(bytes);
        }
    }
}
