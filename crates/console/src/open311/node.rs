//! An answer in two formats: XML, and JSON by the specification's "Spark" convention, where a container
//! of equal children is an array, even with one child.

use model::text::clean;
use quick_xml::{
    Writer,
    events::{BytesDecl, BytesText, Event},
};
use serde_json::Value;

/// The format of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Xml,
    Json,
}

impl Format {
    /// Splits `requests/2026112400001.json` into the resource and the format.
    pub(super) fn of_path(path: &str) -> (&str, Option<Format>) {
        match path.rsplit_once('.') {
            Some((resource, "xml")) => (resource, Some(Format::Xml)),
            Some((resource, "json")) => (resource, Some(Format::Json)),
            _ => (path, None),
        }
    }

    pub(super) fn content_type(self) -> &'static str {
        match self {
            Format::Xml => "text/xml; charset=utf-8",
            Format::Json => "application/json; charset=utf-8",
        }
    }
}

/// A part of an answer.
#[derive(Clone, Debug)]
pub(super) enum Node {
    /// A text, number or boolean.
    Leaf(Value),
    /// Named parts in order: in XML an element with children, in JSON an object.
    Fields(Vec<(&'static str, Node)>),
    /// Children that all have this name: in XML an element with them, in JSON an array.
    List(&'static str, Vec<Node>),
    /// The whole answer, with the name of its root element.
    Root(&'static str, Box<Node>),
}

impl Node {
    pub(super) fn text(text: impl Into<String>) -> Node {
        Node::Leaf(Value::String(text.into()))
    }

    /// An answer that is a list.
    pub(super) fn answer(root: &'static str, child: &'static str, items: Vec<Node>) -> Node {
        Node::Root(root, Box::new(Node::List(child, items)))
    }

    /// The answer as it is sent.
    pub(super) fn written(&self, format: Format) -> String {
        match format {
            Format::Json => self.json().to_string(),
            Format::Xml => {
                let mut writer = Writer::new(Vec::new());
                let declaration = BytesDecl::new("1.0", Some("utf-8"), None);
                // Writing to memory does not fail.
                let _ = writer.write_event(Event::Decl(declaration));
                let _ = self.xml("answer", &mut writer);
                String::from_utf8(writer.into_inner()).unwrap_or_default()
            }
        }
    }

    fn json(&self) -> Value {
        match self {
            Node::Leaf(value) => value.clone(),
            Node::Fields(fields) => {
                let pairs = fields.iter().map(|(name, node)| ((*name).to_owned(), node.json()));
                Value::Object(pairs.collect())
            }
            Node::List(_, items) => Value::Array(items.iter().map(Node::json).collect()),
            Node::Root(_, node) => node.json(),
        }
    }

    fn xml(&self, name: &str, writer: &mut Writer<Vec<u8>>) -> std::io::Result<()> {
        match self {
            Node::Root(name, node) => node.xml(name, writer),
            Node::Leaf(value) => {
                let text = match value {
                    Value::String(text) => readable(text),
                    Value::Null => String::new(),
                    other => other.to_string(),
                };
                writer.create_element(name).write_text_content(BytesText::new(&text)).map(drop)
            }
            Node::Fields(fields) => {
                let inner = |writer: &mut Writer<Vec<u8>>| {
                    fields.iter().try_for_each(|(name, node)| node.xml(name, writer))
                };
                writer.create_element(name).write_inner_content(inner).map(drop)
            }
            Node::List(child, items) => {
                let inner = |writer: &mut Writer<Vec<u8>>| {
                    items.iter().try_for_each(|node| node.xml(child, writer))
                };
                writer.create_element(name).write_inner_content(inner).map(drop)
            }
        }
    }
}

/// The text without control characters, which XML 1.0 (2.2) forbids in any form. Texts stored before
/// texts were cleaned may have some.
fn readable(text: &str) -> String {
    clean(text).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node() -> Node {
        let value =
            Node::Fields(vec![("key", Node::text("a<b&c")), ("name", Node::text("\u{1}甲"))]);
        let fields = vec![
            ("service_code", Node::text("010402")),
            ("metadata", Node::Leaf(Value::Bool(true))),
            ("values", Node::List("value", vec![value])),
        ];
        Node::answer("services", "service", vec![Node::Fields(fields)])
    }

    #[test]
    fn list_of_one_is_an_array_and_codes_are_texts() {
        assert_eq!(
            node().written(Format::Json),
            r#"[{"metadata":true,"service_code":"010402","values":[{"key":"a<b&c","name":"\u0001甲"}]}]"#
        );
    }

    #[test]
    fn xml_is_complete_and_escaped() {
        assert_eq!(
            node().written(Format::Xml),
            "<?xml version=\"1.0\" encoding=\"utf-8\"?><services><service>\
             <service_code>010402</service_code><metadata>true</metadata><values><value>\
             <key>a&lt;b&amp;c</key><name>甲</name></value></values></service></services>"
        );
    }
}
