//! Services: our topics of the third level, and the attributes of a request.

use directory::Directory;
use model::desk::{Purpose, TopicId};
use serde_json::Value;

use super::{Node, Open311Error, ServerRequest};

/// `GET /discovery`
pub(super) fn discovery(request: &ServerRequest<'_>) -> Node {
    let config = request.config;
    let formats = ["text/xml", "application/json"].map(Node::text).into();
    let url = format!("{}/open311/v2", config.base.trim_end_matches('/'));
    let endpoint = Node::Fields(vec![
        ("specification", Node::text("http://wiki.open311.org/GeoReport_v2")),
        ("url", Node::text(url)),
        ("changeset", Node::text(CHANGESET)),
        ("type", Node::text("production")),
        ("formats", Node::List("format", formats)),
    ]);
    let fields = Node::Fields(vec![
        ("changeset", Node::text(CHANGESET)),
        ("contact", Node::text(config.contact.clone())),
        ("key_service", Node::text(config.key_service.clone())),
        ("endpoints", Node::List("endpoint", vec![endpoint])),
    ]);
    Node::Root("discovery", Box::new(fields))
}

/// `GET /services`
pub(super) fn list(request: &ServerRequest<'_>) -> Node {
    let today = request.server.clock.today();
    let services = request.config.directory.get(|directory| {
        let codes = directory.topics().map(|(id, _)| id).filter(|id| id.as_str().len() == 6);
        codes.filter_map(|code| service(directory, code, today)).collect()
    });
    Node::answer("services", "service", services)
}

fn service(directory: &Directory, code: &TopicId, today: model::Date) -> Option<Node> {
    let settled = directory.resolve_topic(code, today)?;
    let (group, name) = (settled.path.first()?.clone(), settled.path.last()?.clone());
    let keywords = settled.path.get(1).cloned().unwrap_or_default();
    Some(Node::Fields(vec![
        ("service_code", Node::text(code.as_str())),
        ("service_name", Node::text(name)),
        ("description", Node::text(settled.path.join(" / "))),
        ("metadata", Node::Leaf(Value::Bool(true))),
        ("type", Node::text("realtime")),
        ("keywords", Node::text(keywords)),
        ("group", Node::text(group)),
    ]))
}

/// The name of a service on a day; `None` when it does not exist then.
pub(super) fn name_of(directory: &Directory, code: &str, today: model::Date) -> Option<String> {
    let settled = directory.resolve_topic(&TopicId::from(code), today)?;
    settled.path.last().cloned()
}

/// `GET /services/{code}`: the attributes of a request, which are all optional.
pub(super) fn definition(request: &ServerRequest<'_>, code: &str) -> Result<Node, Open311Error> {
    let today = request.server.clock.today();
    let purposes = request.config.directory.get(|directory| {
        directory.resolve_topic(&TopicId::from(code), today).map(|topic| topic.purposes)
    });
    let purposes = purposes.filter(|_| code.len() == 6);
    let purposes = purposes.ok_or_else(|| Open311Error::not_found("service_code was not found"))?;
    let purposes = if purposes.is_empty() { PURPOSES.to_vec() } else { purposes };
    let values = purposes.into_iter().filter_map(|purpose| {
        Some((word(purpose)?, PURPOSES_ZH.iter().find(|(p, _)| *p == purpose)?.1))
    });
    let attributes = vec![
        attribute(1, "purpose", "singlevaluelist", "诉求性质", values.collect()),
        attribute(
            2,
            "confidential",
            "singlevaluelist",
            "是否对承办单位保密",
            vec![("yes".to_owned(), "保密"), ("no".to_owned(), "不保密")],
        ),
        attribute(
            3,
            "datum",
            "singlevaluelist",
            "坐标系",
            vec![
                ("wgs84".to_owned(), "WGS84"),
                ("gcj02".to_owned(), "GCJ-02"),
                ("bd09".to_owned(), "BD-09"),
            ],
        ),
        attribute(4, "affected", "number", "涉及人数", Vec::new()),
    ];
    let fields = vec![
        ("service_code", Node::text(code)),
        ("attributes", Node::List("attribute", attributes)),
    ];
    Ok(Node::Root("service_definition", Box::new(Node::Fields(fields))))
}

fn attribute(
    order: u8,
    code: &str,
    datatype: &str,
    description: &str,
    values: Vec<(String, &str)>,
) -> Node {
    let value = |(key, name): (String, &str)| {
        Node::Fields(vec![("key", Node::text(key)), ("name", Node::text(name))])
    };
    Node::Fields(vec![
        ("variable", Node::Leaf(Value::Bool(true))),
        ("code", Node::text(code)),
        ("datatype", Node::text(datatype)),
        ("required", Node::Leaf(Value::Bool(false))),
        ("datatype_description", Node::text("")),
        ("order", Node::Leaf(Value::from(order))),
        ("description", Node::text(description)),
        ("values", Node::List("value", values.into_iter().map(value).collect())),
    ])
}

/// A purpose as the API writes it.
fn word(purpose: Purpose) -> Option<String> {
    serde_json::to_value(purpose).ok()?.as_str().map(str::to_owned)
}

/// The purposes that an app may choose.
pub(super) const PURPOSES: &[Purpose] = &[
    Purpose::Consult,
    Purpose::Help,
    Purpose::Complaint,
    Purpose::Report,
    Purpose::Suggestion,
    Purpose::Praise,
];

const PURPOSES_ZH: &[(Purpose, &str)] = &[
    (Purpose::Consult, "咨询"),
    (Purpose::Help, "求助"),
    (Purpose::Complaint, "投诉"),
    (Purpose::Report, "举报"),
    (Purpose::Suggestion, "建议"),
    (Purpose::Praise, "表扬"),
];

/// The time of the last change of the served services and attributes.
const CHANGESET: &str = "2026-11-24T00:00:00+08:00";
