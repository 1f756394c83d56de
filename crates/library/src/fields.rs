//! What is written into the index of an item, and under which names.

use knowledge::Shown;
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

use crate::words::{self, Cut};

/// The fields. A change of theirs is a change of [`FORMAT`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fields {
    /// The item's name.
    pub(crate) id: Field,
    /// Which version it is, kept only.
    version: Field,
    /// The questions, kept only.
    question: Field,
    /// The answer, kept only.
    answer: Field,
    /// The laws and documents, kept only.
    basis: Field,
    /// Words of the questions.
    pub(crate) question_words: Field,
    /// One and two characters of the questions.
    pub(crate) question_grams: Field,
    /// Words of answer and basis.
    pub(crate) answer_words: Field,
    /// One and two characters of answer and basis.
    pub(crate) answer_grams: Field,
    /// Its topics and all above them.
    pub(crate) topic: Field,
    /// Its merged line.
    pub(crate) line: Field,
    /// Those it may be shown to: what is public is listed as internal too.
    pub(crate) shown_to: Field,
    /// The first day it holds.
    pub(crate) valid_from: Field,
    /// The last day.
    pub(crate) valid_to: Field,
}

/// The format of the index. Another one is wiped and made anew.
pub(crate) const FORMAT: u32 = 2;

/// What is kept of an item beside what it is found by.
pub(crate) struct Kept {
    pub(crate) id: KnowledgeId,
    pub(crate) version: u32,
    pub(crate) questions: Vec<String>,
    pub(crate) answer: String,
    pub(crate) basis: Vec<String>,
    shown_to: Vec<String>,
    valid: (i64, i64),
}

impl Kept {
    /// Whether this reader may see it, and whether it holds on that day.
    pub(crate) fn is_for(&self, who: Visibility, on: Option<Date>) -> bool {
        let (from, to) = self.valid;
        let holds = on.is_none_or(|on| (from..=to).contains(&on.days()));
        holds && self.shown_to.iter().any(|word| word == reader(who))
    }
}

impl Fields {
    /// The schema and its fields.
    pub(crate) fn schema() -> (Schema, Fields) {
        let mut schema = Schema::builder();
        let kept = || TextOptions::default().set_stored();
        // Frequencies are weighed; places are not: there are no phrases.
        let indexing = TextFieldIndexing::default()
            .set_tokenizer("raw")
            .set_index_option(IndexRecordOption::WithFreqs);
        let found = || TextOptions::default().set_indexing_options(indexing.clone());
        let day = || NumericOptions::default().set_fast().set_stored();
        let fields = Fields {
            id: schema.add_text_field("id", STRING | STORED),
            version: schema.add_u64_field("version", NumericOptions::default().set_stored()),
            question: schema.add_text_field("question", kept()),
            answer: schema.add_text_field("answer", kept()),
            basis: schema.add_text_field("basis", kept()),
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

    /// The entry of an item.
    pub(crate) fn entry(self, id: &KnowledgeId, shown: Shown<'_>) -> TantivyDocument {
        let text = &shown.version.text;
        let mut entry = TantivyDocument::default();
        entry.add_text(self.id, id.as_str());
        entry.add_u64(self.version, u64::from(shown.version.n));
        for question in &text.questions {
            entry.add_text(self.question, question);
            add_cut(&mut entry, self.question_words, self.question_grams, words::cut(question));
        }
        entry.add_text(self.answer, &text.answer);
        text.basis.iter().for_each(|basis| entry.add_text(self.basis, basis));
        for said in text.basis.iter().chain([&text.answer]) {
            add_cut(&mut entry, self.answer_words, self.answer_grams, words::cut(said));
        }
        let codes = text.topics.iter().map(|topic| topic.as_str());
        for above in
            codes.flat_map(|code| (2..=code.len()).step_by(2).filter_map(|n| code.get(..n)))
        {
            entry.add_text(self.topic, above);
        }
        if let Some(line) = &text.line {
            entry.add_text(self.line, line.as_str());
        }
        for visibility in Visibility::ALL.iter().filter(|reader| **reader <= shown.visibility) {
            entry.add_text(self.shown_to, reader(*visibility));
        }
        entry.add_i64(self.valid_from, text.valid_from.map_or(i64::MIN, Date::days));
        entry.add_i64(self.valid_to, text.valid_to.map_or(i64::MAX, Date::days));
        entry
    }

    /// What is kept of an item; `None` for an entry that is not as we wrote it.
    pub(crate) fn kept(self, entry: &TantivyDocument) -> Option<Kept> {
        let texts = |field| {
            let values = entry.get_all(field).filter_map(|value| value.as_str());
            values.map(str::to_owned).collect()
        };
        let day = |field| entry.get_first(field)?.as_i64();
        Some(Kept {
            id: KnowledgeId::from(entry.get_first(self.id)?.as_str()?),
            version: u32::try_from(entry.get_first(self.version)?.as_u64()?).ok()?,
            questions: texts(self.question),
            answer: entry.get_first(self.answer)?.as_str()?.to_owned(),
            basis: texts(self.basis),
            shown_to: texts(self.shown_to),
            valid: (day(self.valid_from)?, day(self.valid_to)?),
        })
    }

    /// The term by which an entry is found to be replaced.
    pub(crate) fn id_term(self, id: &KnowledgeId) -> Term {
        Term::from_field_text(self.id, id.as_str())
    }
}

/// The word for those who may read what is shown to at least them.
pub(crate) fn reader(visibility: Visibility) -> &'static str {
    match visibility {
        Visibility::Draft => "draft",
        Visibility::Internal => "internal",
        Visibility::Public => "public",
    }
}

fn add_cut(entry: &mut TantivyDocument, words: Field, grams: Field, cut: Cut) {
    for (field, tokens) in [(words, cut.words), (grams, cut.grams)] {
        let token = |token: words::Token| Token { text: token.text, ..Token::default() };
        let tokens = tokens.into_iter().map(token).enumerate();
        let tokens = tokens.map(|(position, token)| Token { position, ..token }).collect();
        entry.add_pre_tokenized_text(field, PreTokenizedString { text: String::new(), tokens });
    }
}
