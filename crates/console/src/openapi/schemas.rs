//! JSON Schemas of the types that the API reads and writes.

use schemars::{
    JsonSchema, Schema, SchemaGenerator, generate::SchemaSettings, transform::RecursiveTransform,
};
use serde_json::{Map, Value, json};

/// Adds a type's schema to a generator.
pub(super) type SchemaOf = fn(&mut SchemaGenerator) -> Schema;

pub(super) fn schema_of<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<T>()
}

/// The schemas of types that are read and of types that are written. A type may have a different
/// schema in both: a field with a default may be absent from a request, and never from an answer.
pub(super) struct Schemas {
    read: SchemaGenerator,
    written: SchemaGenerator,
}

fn add_items(schema: &mut Schema) {
    if schema.get("prefixItems").is_some() && schema.get("items").is_none() {
        schema.insert("items".into(), json!({}));
    }
}

impl Schemas {
    pub(super) fn new() -> Schemas {
        let settings = || {
            SchemaSettings::draft2020_12().with(|settings| {
                settings.definitions_path = "/components/schemas".into();
                settings.meta_schema = None;
                // A tuple has only `prefixItems`; linters of OpenAPI want `items` in every array.
                settings.transforms.push(Box::new(RecursiveTransform(add_items)));
            })
        };
        Schemas {
            read: settings().for_deserialize().into_generator(),
            written: settings().for_serialize().into_generator(),
        }
    }

    /// The schema of a type that is read.
    pub(super) fn read(&mut self, schema: SchemaOf) -> Value {
        suffixed(schema(&mut self.read).to_value())
    }

    /// The schema of a type that is written.
    pub(super) fn written(&mut self, schema: SchemaOf) -> Value {
        schema(&mut self.written).to_value()
    }

    /// The fields of a query as OpenAPI parameters.
    pub(super) fn parameters(&mut self, query: SchemaOf) -> Vec<Value> {
        let mut schema = query(&mut self.read).to_value();
        if let Some(name) = schema["$ref"].as_str().and_then(|to| to.rsplit('/').next()) {
            // The type is described field by field, and nothing else refers to it.
            schema = self.read.definitions_mut().remove(name).unwrap_or_default();
        }
        let required: Vec<String> =
            serde_json::from_value(schema["required"].clone()).unwrap_or_default();
        let fields = schema["properties"].as_object().cloned().unwrap_or_default();
        let field = |(name, mut schema): (String, Value)| {
            let text = schema.as_object_mut().and_then(|schema| schema.remove("description"));
            let mut field = json!({
                "name": name,
                "in": "query",
                "required": required.contains(&name),
                "schema": suffixed(schema),
            });
            if let Some(text) = text {
                field["description"] = text;
            }
            field
        };
        fields.into_iter().map(field).collect()
    }

    /// All definitions that the schemas refer to.
    pub(super) fn definitions(&mut self) -> Value {
        let mut schemas: Map<String, Value> = self.written.take_definitions(true);
        for (name, schema) in self.read.take_definitions(true) {
            schemas.insert(format!("{name}{READ_SUFFIX}"), suffixed(schema));
        }
        schemas.insert("ExpectSeq".into(), json!({
            "type": "object",
            "properties": { "expect_seq": {
                "type": "integer",
                "description": "The last record of it that the sender has seen; 409 when there is a newer one",
            } },
        }));
        // `true` is a valid JSON Schema; readers of OpenAPI want an object.
        for schema in schemas.values_mut() {
            match schema {
                Value::Bool(true) => *schema = json!({}),
                Value::Bool(false) => *schema = json!({ "not": {} }),
                _ => {}
            }
        }
        schemas.into()
    }
}

/// The schema with every reference changed to the schemas of types that are read.
fn suffixed(mut schema: Value) -> Value {
    match &mut schema {
        Value::Object(object) => {
            for (key, value) in object.iter_mut() {
                match value {
                    Value::String(to) if key == "$ref" => to.push_str(READ_SUFFIX),
                    _ => *value = suffixed(value.take()),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| *item = suffixed(item.take())),
        _ => {}
    }
    schema
}

/// The suffix of schemas of types that are read, beside those that are written.
const READ_SUFFIX: &str = ".asked";
