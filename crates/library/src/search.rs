//! Searching: the items that match a question, the best first.

use std::{collections::BTreeMap, ops::Bound};

use model::{
    Date, LineId,
    desk::{KnowledgeId, TopicId, Visibility},
};
use tantivy::{
    DocAddress, Index, IndexReader, ReloadPolicy, Searcher, TantivyDocument, Term,
    collector::{Collector, TopDocs},
    query::{BooleanQuery, BoostQuery, ConstScoreQuery, Occur, RangeQuery, TermQuery},
    schema::{Field, IndexRecordOption},
};

use crate::{
    Fragment, IndexError,
    error::catch_panic,
    highlight::{self, best_question},
    schema::{Fields, visibility_word},
    tokens::{self, Tokens},
};

/// A handle for searching. Cheap to clone, usable on any thread.
#[derive(Clone)]
pub struct KnowledgeSearch {
    reader: IndexReader,
    fields: Fields,
}

/// A query.
#[derive(Clone, Debug)]
pub struct Query {
    /// The text that was said or typed. Only the first [`Query::CHARS_MAX`] characters are used.
    pub text: String,
    /// Restricts hits to a topic and the topics below it.
    pub topic: Option<TopicId>,
    /// Restricts hits to a merged line.
    pub line: Option<LineId>,
    /// The visibility that the reader may see.
    pub reader: Visibility,
    /// Restricts hits to items valid on this day; `None` ignores validity.
    pub on: Option<Date>,
    /// The maximum number of hits, at most [`Query::HITS_MAX`].
    pub limit: usize,
}

/// An item that matches.
#[derive(Clone, Debug, PartialEq)]
pub struct Hit {
    /// The id of the item.
    pub id: KnowledgeId,
    /// The version of the item that was searched.
    pub version: u32,
    /// The score. Scores are comparable within one search only.
    pub score: f32,
    /// The question that matches best.
    pub question: Vec<Fragment>,
    /// The part of the answer that matches best, at most [`Hit::SNIPPET_MAX`] characters.
    pub snippet: Vec<Fragment>,
}

impl Query {
    /// The maximum length of a query: a long sentence.
    pub const CHARS_MAX: usize = 100;
    /// The maximum number of hits: more than an agent can read during a call.
    pub const HITS_MAX: usize = 50;

    /// A query for this text among the items visible to `reader`, with at most ten hits.
    pub fn new(text: impl Into<String>, reader: Visibility) -> Query {
        Query { text: text.into(), topic: None, line: None, reader, on: None, limit: 10 }
    }
}

impl Hit {
    /// The maximum length of a snippet: three lines on an agent's screen.
    pub const SNIPPET_MAX: usize = 90;
}

impl KnowledgeSearch {
    pub(crate) fn new(index: &Index, fields: Fields) -> Result<KnowledgeSearch, IndexError> {
        let builder = index.reader_builder().reload_policy(ReloadPolicy::Manual);
        let reader = catch_panic(|| Ok(builder.try_into()?))?;
        Ok(KnowledgeSearch { reader, fields })
    }

    pub(crate) fn reload(&self) -> Result<(), IndexError> {
        catch_panic(|| Ok(self.reader.reload()?))
    }

    /// The number of items.
    pub fn len(&self) -> u64 {
        self.reader.searcher().num_docs()
    }

    /// Whether there are no items.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The items that match, the best first. An empty text has no hits.
    ///
    /// # Errors
    /// The index is damaged and must be opened again.
    pub fn search(&self, query: &Query) -> Result<Vec<Hit>, IndexError> {
        let text: String = query.text.chars().take(Query::CHARS_MAX).collect();
        let asked = tokens::tokenize_query(&text);
        let limit = query.limit.min(Query::HITS_MAX);
        if limit == 0 {
            return Ok(Vec::new());
        }
        catch_panic(|| {
            let searcher = self.reader.searcher();
            let Some(wanted) = self.term_query(&searcher, &asked)? else { return Ok(Vec::new()) };
            if query.topic.is_none() && query.line.is_none() {
                let some = searcher.search(&wanted, &top(limit * OVERFETCH))?;
                let all_there = some.len() < limit * OVERFETCH;
                let hits = self.hits(&searcher, some, query, &asked, limit)?;
                if all_there || hits.len() == limit {
                    return Ok(hits);
                }
            }
            let mut clauses = self.filters(query);
            clauses.push((Occur::Must, Box::new(wanted)));
            let found = searcher.search(&BooleanQuery::new(clauses), &top(limit))?;
            self.hits(&searcher, found, query, &asked, limit)
        })
    }

    /// The first `limit` documents that are visible, valid and relevant.
    fn hits(
        &self,
        searcher: &Searcher,
        found: Vec<(f32, DocAddress)>,
        query: &Query,
        asked: &Tokens,
        limit: usize,
    ) -> Result<Vec<Hit>, IndexError> {
        let mut hits = Vec::with_capacity(limit);
        for (score, place) in found {
            let entry: TantivyDocument = searcher.doc(place)?;
            let Some(item) = self.fields.stored(&entry) else { continue };
            let texts = item.questions.iter().chain(&item.basis).chain([&item.answer]);
            if !item.is_visible_to(query.reader, query.on) || !highlight::is_relevant(texts, asked)
            {
                continue;
            }
            hits.push(Hit {
                question: best_question(&item.questions, asked),
                snippet: highlight::snippet(&item.answer, asked, Hit::SNIPPET_MAX),
                id: item.id,
                version: item.version,
                score,
            });
            if hits.len() == limit {
                break;
            }
        }
        Ok(hits)
    }

    /// The sum of all terms of the query with their weights; `None` when the index has none of them.
    fn term_query(
        &self,
        searcher: &Searcher,
        asked: &Tokens,
    ) -> Result<Option<BooleanQuery>, IndexError> {
        let fields = self.fields;
        let (words, grams) = (&asked.words, &asked.grams);
        let mut terms: BTreeMap<(Field, &str), f32> = BTreeMap::new();
        for (field, tokens, weight) in [
            (fields.question_words, words, QUESTION_WORD),
            (fields.question_grams, grams, QUESTION_GRAM),
            (fields.answer_words, words, ANSWER_WORD),
            (fields.answer_grams, grams, ANSWER_GRAM),
        ] {
            for token in tokens {
                // A single character counts less, but it may be the only term.
                let single = token.text.chars().count() == 1;
                let weight = if single { weight * SINGLE } else { weight };
                terms.insert((field, token.text.as_str()), weight);
            }
        }
        let mut known = Vec::with_capacity(terms.len());
        for ((field, text), weight) in terms {
            let term = Term::from_field_text(field, text);
            let items = searcher.doc_freq(&term)?;
            if items > 0 {
                known.push((items, term, weight));
            }
        }
        // Rare terms decide the order. Frequent ones beyond the maximum cost time and change nothing.
        known.sort_by(|a, b| a.0.cmp(&b.0).then_with(|| a.1.cmp(&b.1)));
        known.truncate(TERMS_MAX);
        if known.is_empty() {
            return Ok(None);
        }
        let clauses = known.into_iter().map(|(_, term, weight)| {
            let term = TermQuery::new(term, IndexRecordOption::WithFreqs);
            (Occur::Should, Box::new(BoostQuery::new(Box::new(term), weight)) as _)
        });
        Ok(Some(BooleanQuery::new(clauses.collect())))
    }

    /// The filters of the query, which do not change the score.
    fn filters(&self, query: &Query) -> Vec<(Occur, Box<dyn tantivy::query::Query>)> {
        let fields = self.fields;
        let mut filters: Vec<Box<dyn tantivy::query::Query>> = Vec::new();
        let mut word = |field, text: &str| {
            let term = Term::from_field_text(field, text);
            filters.push(Box::new(TermQuery::new(term, IndexRecordOption::Basic)));
        };
        word(fields.shown_to, visibility_word(query.reader));
        if let Some(topic) = &query.topic {
            word(fields.topic, topic.as_str());
        }
        if let Some(line) = &query.line {
            word(fields.line, line.as_str());
        }
        if let Some(day) = query.on.map(Date::days) {
            let from = Bound::Included(Term::from_field_i64(fields.valid_from, day));
            let to = Bound::Included(Term::from_field_i64(fields.valid_to, day));
            filters.push(Box::new(RangeQuery::new(Bound::Unbounded, from)));
            filters.push(Box::new(RangeQuery::new(to, Bound::Unbounded)));
        }
        let silent = |filter| (Occur::Must, Box::new(ConstScoreQuery::new(filter, 0.0)) as _);
        filters.into_iter().map(silent).collect()
    }
}

/// The documents with the highest scores.
fn top(limit: usize) -> impl Collector<Fruit = Vec<(f32, DocAddress)>> {
    TopDocs::with_limit(limit).order_by_score()
}

/// A question weighs more than an answer, and a word more than two characters of it.
const QUESTION_WORD: f32 = 3.0;
const QUESTION_GRAM: f32 = 2.0;
const ANSWER_WORD: f32 = 0.8;
const ANSWER_GRAM: f32 = 0.4;
/// The factor of a single character.
const SINGLE: f32 = 0.25;
/// How many more hits than asked are fetched when nearly every item is visible. A sum of terms skips
/// documents that cannot be among the best; with filters it cannot, and takes several times longer.
const OVERFETCH: usize = 3;
/// The maximum number of terms of a search: the rarest of a sentence in four fields.
const TERMS_MAX: usize = 24;
