use super::{Malformed, Pointers, elements, one};

#[test]
fn fields_are_read_as_written() {
    let json = r#"{"a":{"b":"x\ny","n":1.50,"list":[{"c":"7"}]},"z":null,"t":true}"#;
    let pointers = Pointers::new(["/a/b", "/a/n", "/a/list/0/c", "/a", "/z", "/t", "/no"]);
    let peeked = pointers.read(json.as_bytes()).expect("valid");
    assert_eq!(peeked.text("/a/b").as_deref(), Some("x\ny"));
    assert_eq!(peeked.text("/a/n").as_deref(), Some("1.50"));
    assert_eq!(peeked.text("/a/list/0/c").as_deref(), Some("7"));
    assert!(peeked.raw("/a").expect("raw").starts_with(r#"{"b""#));
    assert_eq!(peeked.text("/z"), None);
    assert_eq!(peeked.text("/t").as_deref(), Some("true"));
    assert_eq!(peeked.text("/no"), None);
}

#[test]
fn a_repeated_key_on_the_way_is_refused_and_elsewhere_is_not_ours() {
    let pointers = Pointers::new(["/a/b"]);
    let read = |json: &str| pointers.read(json.as_bytes()).map(|_| ());
    assert_eq!(read(r#"{"a":{"b":1,"b":2}}"#), Err(Malformed::RepeatedKey));
    assert_eq!(read(r#"{"a":1,"a":{"b":2}}"#), Err(Malformed::RepeatedKey));
    assert_eq!(read(r#"{"a":{"b":1},"x":1,"x":2}"#), Ok(()));
}

#[test]
fn what_is_not_json_is_malformed() {
    let pointers = Pointers::new(["/a"]);
    for text in ["", "{", "{\"a\":1}x", "nul", "{\"a\":tru}"] {
        assert_eq!(
            pointers.read(text.as_bytes()).map(|_| ()),
            Err(Malformed::NotJson),
            "{text:?}"
        );
    }
    assert_eq!(
        pointers.read(b"{\"b\":\"\xff\"}").map(|_| ()),
        Err(Malformed::NotJson)
    );
    assert!(pointers.read(b"17").is_ok());
}

#[test]
fn elements_keep_their_bytes() {
    assert_eq!(
        elements(r#"[ {"a": 1} , 2]"#),
        Some(vec![r#"{"a": 1}"#, "2"])
    );
    assert_eq!(elements(r#"{"a":1}"#), None);
    assert_eq!(one(r#"{"type":"x"}"#, "/type").as_deref(), Some("x"));
}
