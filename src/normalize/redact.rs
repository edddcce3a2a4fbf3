//! Secrets that providers put into their events are not passed on.

use bytes::Bytes;

use crate::peek::{Malformed, Peeked, Pointers};

/// `data` with null in place of the values at `pointers`; all other bytes stay. `None` where none of
/// them is there, and where it is not JSON.
///
/// # Errors
/// A key on the way to one of them is given twice: it cannot be said which value is the secret; or it is too
/// deep to be read.
pub(super) fn redacted(
    data: &Bytes,
    pointers: &Pointers,
    names: &[String],
) -> Result<Option<Bytes>, Malformed> {
    if names.is_empty() {
        return Ok(None);
    }
    match pointers.read(data) {
        Ok(read) => Ok(without(data, &read, names)),
        Err(Malformed::NotJson) => Ok(None),
        Err(error @ (Malformed::RepeatedKey | Malformed::TooDeep)) => Err(error),
    }
}

fn without(data: &Bytes, read: &Peeked<'_, '_>, names: &[String]) -> Option<Bytes> {
    let start = data.as_ptr().addr();
    let mut spans: Vec<_> = names
        .iter()
        .filter_map(|name| {
            let raw = read.raw(name)?;
            let at = raw.as_ptr().addr().checked_sub(start)?;
            Some(at..at + raw.len())
        })
        .collect();
    if spans.is_empty() {
        return None;
    }
    spans.sort_by_key(|span| span.start);
    let mut kept = Vec::with_capacity(data.len());
    let mut from = 0;
    for span in spans {
        // A value inside one that is gone already.
        if span.start < from {
            continue;
        }
        kept.extend_from_slice(data.get(from..span.start).unwrap_or_default());
        kept.extend_from_slice(b"null");
        from = span.end;
    }
    kept.extend_from_slice(data.get(from..).unwrap_or_default());
    Some(Bytes::from(kept))
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::redacted;
    use crate::peek::{Malformed, Pointers};

    #[test]
    fn values_go_and_all_else_stays() {
        let names = ["/b/secret".to_owned(), "/a".to_owned(), "/none".to_owned()];
        let pointers = Pointers::new(names.iter().map(String::as_str));
        let of = |text: &'static str| redacted(&Bytes::from(text), &pointers, &names);
        assert_eq!(
            of(r#"{"a" : "x", "b":{"secret":{"k":[1]},"c":1.0}}"#),
            Ok(Some(Bytes::from(
                r#"{"a" : null, "b":{"secret":null,"c":1.0}}"#
            )))
        );
        assert_eq!(of("no json"), Ok(None));
        assert_eq!(of("[]"), Ok(None));
        // Nothing was taken out, and nobody was told.
        assert_eq!(of(r#"{"a":"x","a":"y"}"#), Err(Malformed::RepeatedKey));
    }
}
