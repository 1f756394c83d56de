//! SMS templates: texts with placeholders in braces (hotline.md 5.4).

use std::collections::BTreeMap;

use workflow::{Fault, Refusal};

/// The templates of `desk/sms.toml` by their keys.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Templates(BTreeMap<String, String>);

impl Templates {
    /// Templates by key.
    pub fn new(templates: BTreeMap<String, String>) -> Templates {
        Templates(templates)
    }

    /// The text of a template with its placeholders replaced, or every fault at once.
    ///
    /// Braces in a value are kept: values are not searched for placeholders.
    pub fn render(
        &self,
        template: &str,
        values: &BTreeMap<String, String>,
    ) -> Result<String, Refusal> {
        let Some(text) = self.0.get(template) else {
            let known: Vec<&str> = self.0.keys().map(String::as_str).collect();
            let what = format!("there is no template \"{template}\"; known: {}", known.join(", "));
            return Err(Refusal::Faults { faults: vec![Fault::new("template", what)] });
        };
        let mut faults = Vec::new();
        let mut rendered = String::new();
        for piece in pieces(text) {
            match piece {
                Piece::Words(words) => rendered.push_str(words),
                Piece::Place(name) => match values.get(name) {
                    // One line only: a gateway may cut or reject a text with several.
                    Some(value) => rendered.extend(value.chars().filter(|c| !c.is_control())),
                    None => {
                        let field = format!("values.{name}");
                        faults.push(Fault::new(field, format!("\"{template}\" needs it")));
                    }
                },
            }
        }
        Refusal::unless_none(faults)?;
        Ok(rendered)
    }
}

/// A part of a template.
enum Piece<'a> {
    Words(&'a str),
    /// The name in braces.
    Place(&'a str),
}

fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((words, after)) = rest.split_once('{') {
        let Some((name, next)) = after.split_once('}') else { break };
        pieces.push(Piece::Words(words));
        pieces.push(Piece::Place(name));
        rest = next;
    }
    pieces.push(Piece::Words(rest));
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    fn templates() -> Templates {
        let text = "【{city}12345】您的诉求{no}已受理。";
        Templates::new([("accepted".to_owned(), text.to_owned())].into())
    }

    fn values(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn placeholders_are_replaced_and_values_are_kept() {
        let values = values(&[("city", "株洲"), ("no", "{city}\n7")]);
        let text = templates().render("accepted", &values).unwrap();
        assert_eq!(text, "【株洲12345】您的诉求{city}7已受理。");
    }

    #[test]
    fn every_missing_value_is_reported_at_once() {
        let refusal = templates().render("accepted", &values(&[])).unwrap_err();
        assert_eq!(
            refusal.to_string(),
            "values.city: \"accepted\" needs it; values.no: \"accepted\" needs it"
        );
        let refusal = templates().render("acepted", &values(&[])).unwrap_err();
        assert!(refusal.to_string().contains("known: accepted"), "{refusal}");
    }
}
