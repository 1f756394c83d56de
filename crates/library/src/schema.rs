//! The fields of the index, and the document of an item.

use knowledge::VisibleVersion;
use model::{
    Date,
    desk::{KnowledgeId, Visibility},
};
use tantivy::{
    TantivyDocument, Term,
    schema::{
        Field, IndexRecordOption, NumericOptions, STORED, STRING, Schema, TextFieldIndexing,
        TextOptions, Value,
    },
    tokenizer::{PreTokenizedString, Token},
};

use crate::tokens::{self, Tokens};

/// The fields. A change of them needs a new [`INDEX_FORMAT`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fields {
    /// The id of the item.
    pub(crate) id: Field,
    /// The version of the item; stored only.
    version: Field,
    /// The questions; stored only.
    question: Field,
    /// The answer; stored only.
    answer: Field,
    /// The laws and documents; stored only.
    basis: Field,
    /// Words of the questions.
    pub(crate) question_words: Field,
    /// One and two characters of the questions.
    pub(crate) question_grams: Field,
    /// Words of answer and basis.
    pub(crate) answer_words: Field,
    /// One and two characters of answer and basis.
    pub(crate) answer_grams: Field,
    /// The topics and all topics above them.
    pub(crate) topic: Field,
    /// The merged line.
    pub(crate) line: Field,
    /// The readers it is visible to: a public item is listed as internal too.
    pub(crate) shown_to: Field,
    /// The first day of validity.
    pub(crate) valid_from: Field,
    /// The last day of validity.
    pub(crate) valid_to: Field,
}

/// The format of the index. An index of another format is wiped.
pub(crate) const INDEX_FORMAT: u32 = 2;

/// The stored fields of an item.
pub(crate) struct StoredItem {
    pub(crate) id: KnowledgeId,
    pub(crate) version: u32,
    pub(crate) questions: Vec<String>,
    pub(crate) answer: String,
    pub(crate) basis: Vec<String>,
    shown_to: Vec<String>,
    valid: (i64, i64),
}

impl StoredItem {
    /// Whether the item is visible to a reader and valid on a day.
    pub(crate) fn is_visible_to(&self, who: Visibility, on: Option<Date>) -> bool {
        let (from, to) = self.valid;
        let holds = on.is_none_or(|on| (from..=to).contains(&on.days()));
        holds && self.shown_to.iter().any(|word| word == visibility_word(who))
    }
}

impl Fields {
    /// The schema with its fields.
    pub(crate) fn build() -> (Schema, Fields) {
        let mut schema = Schema::builder();
        let stored = || TextOptions::default().set_stored();
        // Term frequencies are used for scoring; positions are not, since there are no phrase queries.
        let indexing = TextFieldIndexing::default()
            .set_tokenizer("raw")
            .set_index_option(IndexRecordOption::WithFreqs);
        let found = || TextOptions::default().set_indexing_options(indexing.clone());
        let day = || NumericOptions::default().set_fast().set_stored();
        let fields = Fields {
            id: schema.add_text_field("id", STRING | STORED),
            version: schema.add_u64_field("version", NumericOptions::default().set_stored()),
            question: schema.add_text_field("question", stored()),
            answer: schema.add_text_field("answer", stored()),
            basis: schema.add_text_field("basis", stored()),
            question_words: schema.add_text_field("question_words", found()),
            question_grams: schema.add_text_field("question_grams", found()),
            answer_words: schema.add_text_field("answer_words", found()),
            answer_grams: schema.add_text_field("answer_grams", found()),
            topic: schema.add_text_field("topic", STRING),
            line: schema.add_text_field("line", STRING),
            shown_to: schema.add_text_field("shown_to", STRING | STORED),
            valid_from: schema.add_i64_field("valid_from", day()),
            valid_to: schema.add_i64_field("valid_to", day()),
        };
        (schema.build(), fields)
    }

    /// The document of an item.
    pub(crate) fn document(self, id: &KnowledgeId, shown: VisibleVersion<'_>) -> TantivyDocument {
        let text = &shown.version.text;
        let mut document = TantivyDocument::default();
        document.add_text(self.id, id.as_str());
        document.add_u64(self.version, u64::from(shown.version.n));
        for question in &text.questions {
            document.add_text(self.question, question);
            add_tokens(
                &mut document,
                self.question_words,
                self.question_grams,
                tokens::tokenize(question),
            );
        }
        document.add_text(self.answer, &text.answer);
        text.basis.iter().for_each(|basis| document.add_text(self.basis, basis));
        for part in text.basis.iter().chain([&text.answer]) {
            add_tokens(&mut document, self.answer_words, self.answer_grams, tokens::tokenize(part));
        }
        let codes = text.topics.iter().map(|topic| topic.as_str());
        for above in
            codes.flat_map(|code| (2..=code.len()).step_by(2).filter_map(|n| code.get(..n)))
        {
            document.add_text(self.topic, above);
        }
        if let Some(line) = &text.line {
            document.add_text(self.line, line.as_str());
        }
        for visibility in Visibility::ALL.iter().filter(|reader| **reader <= shown.visibility) {
            document.add_text(self.shown_to, visibility_word(*visibility));
        }
        document.add_i64(self.valid_from, text.valid_from.map_or(i64::MIN, Date::days));
        document.add_i64(self.valid_to, text.valid_to.map_or(i64::MAX, Date::days));
        document
    }

    /// The stored fields of a document; `None` for a document of an unknown form.
    pub(crate) fn stored(self, document: &TantivyDocument) -> Option<StoredItem> {
        let texts = |field| {
            let values = document.get_all(field).filter_map(|value| value.as_str());
            values.map(str::to_owned).collect()
        };
        let day = |field| document.get_first(field)?.as_i64();
        Some(StoredItem {
            id: KnowledgeId::from(document.get_first(self.id)?.as_str()?),
            version: u32::try_from(document.get_first(self.version)?.as_u64()?).ok()?,
            questions: texts(self.question),
            answer: document.get_first(self.answer)?.as_str()?.to_owned(),
            basis: texts(self.basis),
            shown_to: texts(self.shown_to),
            valid: (day(self.valid_from)?, day(self.valid_to)?),
        })
    }

    /// The term by which a document is replaced.
    pub(crate) fn id_term(self, id: &KnowledgeId) -> Term {
        Term::from_field_text(self.id, id.as_str())
    }
}

/// The term of a visibility.
pub(crate) fn visibility_word(visibility: Visibility) -> &'static str {
    match visibility {
        Visibility::Draft => "draft",
        Visibility::Internal => "internal",
        Visibility::Public => "public",
    }
}

fn add_tokens(document: &mut TantivyDocument, words: Field, grams: Field, cut: Tokens) {
    for (field, tokens) in [(words, cut.words), (grams, cut.grams)] {
        let token = |token: tokens::Token| Token { text: token.text, ..Token::default() };
        let tokens = tokens.into_iter().map(token).enumerate();
        let tokens = tokens.map(|(position, token)| Token { position, ..token }).collect();
        document.add_pre_tokenized_text(field, PreTokenizedString { text: String::new(), tokens });
    }
}
