//! Searching: what somebody says in, the items that answer it out, the best first.

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
    LibraryError, Piece,
    error::guarded,
    fields::{Fields, reader},
    highlight::{self, best},
    words::{self, Cut},
};

/// The index, for those who search it. Cheap to clone; each thread may have one.
#[derive(Clone)]
pub struct Catalog {
    reader: IndexReader,
    fields: Fields,
}

/// What is looked for.
#[derive(Clone, Debug)]
pub struct Query {
    /// What was said or typed; of more than [`Query::CHARS_MAX`] characters the first are read.
    pub text: String,
    /// Of this topic or one below it.
    pub topic: Option<TopicId>,
    /// Of this merged line.
    pub line: Option<LineId>,
    /// What this reader may see.
    pub reader: Visibility,
    /// What holds on this day; `None`: whatever its days.
    pub on: Option<Date>,
    /// How many hits, at most [`Query::HITS_MAX`].
    pub limit: usize,
}

/// An item that was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Hit {
    /// Which item.
    pub id: KnowledgeId,
    /// Which version of it was searched.
    pub version: u32,
    /// How well it fits; only good to compare hits of one search.
    pub score: f32,
    /// The question of it that fits best.
    pub question: Vec<Piece>,
    /// The part of its answer that fits best, at most [`Hit::SNIPPET_MAX`] characters.
    pub snippet: Vec<Piece>,
}

impl Query {
    /// Characters that are read: a long sentence.
    pub const CHARS_MAX: usize = 100;
    /// Hits of one search: more than anybody reads while talking.
    pub const HITS_MAX: usize = 50;

    /// Look for this among what `reader` may see, ten hits.
    pub fn new(text: impl Into<String>, reader: Visibility) -> Query {
        Query { text: text.into(), topic: None, line: None, reader, on: None, limit: 10 }
    }
}

impl Hit {
    /// Characters of a snippet: three lines on a seat's screen.
    pub const SNIPPET_MAX: usize = 90;
}

impl Catalog {
    pub(crate) fn new(index: &Index, fields: Fields) -> Result<Catalog, LibraryError> {
        let builder = index.reader_builder().reload_policy(ReloadPolicy::Manual);
        let reader = guarded(|| Ok(builder.try_into()?))?;
        Ok(Catalog { reader, fields })
    }

    pub(crate) fn reload(&self) -> Result<(), LibraryError> {
        guarded(|| Ok(self.reader.reload()?))
    }

    /// Items in it.
    pub fn len(&self) -> u64 {
        self.reader.searcher().num_docs()
    }

    /// Nothing in it.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The items that answer it, the best first. Nothing said finds nothing, and so does what no item knows.
    ///
    /// # Errors
    /// The index is damaged: it has to be opened again.
    pub fn search(&self, query: &Query) -> Result<Vec<Hit>, LibraryError> {
        let text: String = query.text.chars().take(Query::CHARS_MAX).collect();
        let asked = words::cut_question(&text);
        let limit = query.limit.min(Query::HITS_MAX);
        if limit == 0 {
            return Ok(Vec::new());
        }
        guarded(|| {
            let searcher = self.reader.searcher();
            let Some(wanted) = self.wanted(&searcher, &asked)? else { return Ok(Vec::new()) };
            if query.topic.is_none() && query.line.is_none() {
                let some = searcher.search(&wanted, &best_of(limit * AHEAD))?;
                let all_there = some.len() < limit * AHEAD;
                let hits = self.hits(&searcher, some, query, &asked, limit)?;
                if all_there || hits.len() == limit {
                    return Ok(hits);
                }
            }
            let mut clauses = self.filters(query);
            clauses.push((Occur::Must, Box::new(wanted)));
            let found = searcher.search(&BooleanQuery::new(clauses), &best_of(limit))?;
            self.hits(&searcher, found, query, &asked, limit)
        })
    }

    /// The first `limit` of what was found that this reader may see, that hold and that tell.
    fn hits(
        &self,
        searcher: &Searcher,
        found: Vec<(f32, DocAddress)>,
        query: &Query,
        asked: &Cut,
        limit: usize,
    ) -> Result<Vec<Hit>, LibraryError> {
        let mut hits = Vec::with_capacity(limit);
        for (score, place) in found {
            let entry: TantivyDocument = searcher.doc(place)?;
            let Some(kept) = self.fields.kept(&entry) else { continue };
            let texts = kept.questions.iter().chain(&kept.basis).chain([&kept.answer]);
            if !kept.is_for(query.reader, query.on) || !highlight::tells(texts, asked) {
                continue;
            }
            hits.push(Hit {
                question: best(&kept.questions, asked),
                snippet: highlight::snippet(&kept.answer, asked, Hit::SNIPPET_MAX),
                id: kept.id,
                version: kept.version,
                score,
            });
            if hits.len() == limit {
                break;
            }
        }
        Ok(hits)
    }

    /// The sum of all that was asked, each term as heavy as it tells; `None` when none is known.
    fn wanted(
        &self,
        searcher: &Searcher,
        asked: &Cut,
    ) -> Result<Option<BooleanQuery>, LibraryError> {
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
                // A single character tells little beside two; alone it is all there is.
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
        // The rarest tell most. What is left out costs time and moves nothing.
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

    /// What a hit must be whatever was said.
    fn filters(&self, query: &Query) -> Vec<(Occur, Box<dyn tantivy::query::Query>)> {
        let fields = self.fields;
        let mut filters: Vec<Box<dyn tantivy::query::Query>> = Vec::new();
        let mut word = |field, text: &str| {
            let term = Term::from_field_text(field, text);
            filters.push(Box::new(TermQuery::new(term, IndexRecordOption::Basic)));
        };
        word(fields.shown_to, reader(query.reader));
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

/// The best of what a query matches.
fn best_of(limit: usize) -> impl Collector<Fruit = Vec<(f32, DocAddress)>> {
    TopDocs::with_limit(limit).order_by_score()
}

/// A question is what people ask, so it tells most; a word tells more than two characters of it.
const QUESTION_WORD: f32 = 3.0;
const QUESTION_GRAM: f32 = 2.0;
const ANSWER_WORD: f32 = 0.8;
const ANSWER_GRAM: f32 = 0.4;
/// One character beside longer ones.
const SINGLE: f32 = 0.25;
/// How many times more than asked are looked at when nearly every item may be shown: a sum of terms
/// alone skips what cannot be among the best, which a sum with filters cannot, and takes a fraction of the time.
const AHEAD: usize = 3;
/// Terms of one search: the rarest of a sentence's, in four fields.
const TERMS_MAX: usize = 24;
