//! Elements of XML bodies, by the local names on the way to them; `*` is any name. Nothing is fetched or expanded
//! but the five entities of XML itself.

use quick_xml::Reader;
use quick_xml::events::Event;

/// How deep elements may be nested.
const DEPTH_MAX: usize = 64;

/// The text of the first element at `path`, as in `/Envelope/Body/Id`.
pub fn text(xml: &[u8], path: &str) -> Option<String> {
    let element = elements(xml, path, 1)?.into_iter().next()?;
    let mut reader = Reader::from_str(element);
    let mut text = String::new();
    loop {
        match reader.read_event().ok()? {
            Event::Text(piece) => text.push_str(&piece),
            Event::CData(piece) => text.push_str(&piece),
            Event::GeneralRef(name) => match name.resolve_char_ref().ok()? {
                Some(char) => text.push(char),
                None => text.push_str(quick_xml::escape::resolve_xml_entity(&name)?),
            },
            Event::Eof => return Some(text.trim().to_owned()),
            Event::Start(_)
            | Event::End(_)
            | Event::Empty(_)
            | Event::Comment(_)
            | Event::Decl(_)
            | Event::PI(_)
            | Event::DocType(_) => {}
        }
    }
}

/// The elements at `path` as they stand in the text, at most `most`; `None` when it is not XML.
pub fn elements<'x>(xml: &'x [u8], path: &str, most: usize) -> Option<Vec<&'x str>> {
    let text = std::str::from_utf8(xml).ok()?;
    // The reader passes over a byte order mark, and does not count it.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let wanted: Vec<&str> = path.split('/').skip(1).collect();
    let mut reader = Reader::from_str(text);
    let mut names: Vec<String> = Vec::new();
    let mut begun = None;
    let mut found = Vec::new();
    loop {
        let at = position(&reader);
        match reader.read_event().ok()? {
            Event::Start(element) => {
                names.push(element.local_name().as_ref().to_owned());
                if names.len() > DEPTH_MAX {
                    return None;
                }
                if begun.is_none() && fits(&names, &wanted) {
                    begun = Some(at);
                }
            }
            Event::Empty(element) => {
                names.push(element.local_name().as_ref().to_owned());
                if begun.is_none() && fits(&names, &wanted) {
                    found.push(text.get(at..position(&reader))?);
                }
                names.pop();
            }
            Event::End(_) => {
                if let Some(start) = begun.filter(|_| fits(&names, &wanted)) {
                    found.push(text.get(start..position(&reader))?);
                    begun = None;
                }
                names.pop()?;
            }
            Event::Eof => return names.is_empty().then_some(found),
            Event::Text(_)
            | Event::CData(_)
            | Event::GeneralRef(_)
            | Event::Comment(_)
            | Event::Decl(_)
            | Event::PI(_)
            | Event::DocType(_) => {}
        }
        if found.len() == most {
            return Some(found);
        }
    }
}

fn position(reader: &Reader<&[u8]>) -> usize {
    usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX)
}

/// Whether the names on the way are those wanted; `*` is any.
fn fits(names: &[String], wanted: &[&str]) -> bool {
    let mut pairs = names.iter().zip(wanted);
    names.len() == wanted.len() && pairs.all(|(name, wanted)| *wanted == "*" || name == wanted)
}

#[cfg(test)]
mod tests {
    use super::{elements, text};

    const SOAP: &str = r#"<?xml version="1.0"?><s:Envelope xmlns:s="x"><s:Body><n:Notification><Id>1 &amp; &#50;</Id></n:Notification><Notification a="b"><Id><![CDATA[<2>]]></Id></Notification><Notification/></s:Body></s:Envelope>"#;

    #[test]
    fn elements_are_found_by_local_names() {
        let path = "/Envelope/Body/Notification";
        let found = elements(SOAP.as_bytes(), path, 9).expect("XML");
        assert_eq!(found.len(), 3);
        assert_eq!(found.last(), Some(&"<Notification/>"));
        let id = "/Envelope/Body/Notification/Id";
        assert_eq!(text(SOAP.as_bytes(), id).as_deref(), Some("1 & 2"));
        let second = found.get(1).expect("a second").as_bytes();
        assert_eq!(text(second, "/Notification/Id").as_deref(), Some("<2>"));
        assert_eq!(text(SOAP.as_bytes(), "/Envelope/Id"), None);
        let marked = format!("\u{feff}{SOAP}");
        assert_eq!(elements(marked.as_bytes(), path, 9), Some(found));
    }

    #[test]
    fn what_is_no_xml_has_no_elements() {
        for broken in ["<a>", "</a>", "{}<", "<a><b></a>", "<a>&bomb;</a>"] {
            assert_eq!(text(broken.as_bytes(), "/a/b"), None, "{broken}");
        }
        let deep = "<a>".repeat(100) + &"</a>".repeat(100);
        assert_eq!(elements(deep.as_bytes(), "/b", 1), None);
    }
}
