//! Tokens of a text: words by jieba, and every one and two characters of Chinese.

use std::sync::LazyLock;

use tantivy_jieba::jieba_rs::{Jieba, TokenizeMode};

use crate::normalize::normalize;

/// A token with its position.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Token {
    /// The position of its first character.
    pub(crate) from: usize,
    /// The normalized text.
    pub(crate) text: String,
}

/// All tokens of a text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tokens {
    /// Words, and the shorter words in long ones.
    pub(crate) words: Vec<Token>,
    /// One and two characters of Chinese; letters and digits as whole runs.
    pub(crate) grams: Vec<Token>,
}

/// The tokens of a text to be indexed.
pub(crate) fn tokenize(text: &str) -> Tokens {
    let chars = normalize(text);
    let mut cut = Tokens { words: words(&chars), grams: Vec::new() };
    grams(&chars, &|_| false, &mut cut.grams);
    cut
}

/// The tokens of a query, without the words that every caller says. A query of nothing else keeps
/// them.
pub(crate) fn tokenize_query(text: &str) -> Tokens {
    let chars = normalize(text);
    let joined: String = chars.iter().collect();
    let mut is_token = vec![false; chars.len()];
    for token in JIEBA.tokenize(&joined, TokenizeMode::Default, false) {
        if FILLERS.contains(&token.word) {
            is_token[token.start..token.end].fill(true);
        }
    }
    let filler = |at: usize| is_token[at];
    let mut words = words(&chars);
    words.retain(|word| {
        let mut places = word.from..word.from + word.text.chars().count();
        !places.all(filler)
    });
    let mut cut = Tokens { words, grams: Vec::new() };
    grams(&chars, &filler, &mut cut.grams);
    if cut.words.is_empty() && cut.grams.is_empty() { self::tokenize(text) } else { cut }
}

/// Loads the dictionary in advance, so that the first search does not wait for it.
pub(crate) fn warm() {
    LazyLock::force(&JIEBA);
}

static JIEBA: LazyLock<Jieba> = LazyLock::new(Jieba::new);

/// Words in the dictionary. Unknown words are not guessed: they are found by one and two characters.
fn words(chars: &[char]) -> Vec<Token> {
    let text: String = chars.iter().collect();
    let tokens = JIEBA.tokenize(&text, TokenizeMode::Search, false);
    let sound = tokens.iter().filter(|token| token.word.chars().any(char::is_alphanumeric));
    sound.map(|token| Token { from: token.start, text: token.word.to_owned() }).collect()
}

/// One and two characters of each run of Chinese, and whole runs of letters and digits.
fn grams(chars: &[char], left_out: &dyn Fn(usize) -> bool, into: &mut Vec<Token>) {
    let kind = |at: usize| {
        let c = *chars.get(at)?;
        (c.is_alphanumeric() && !left_out(at)).then(|| is_han(c))
    };
    let mut push = |from: usize, to: usize| {
        into.push(Token { from, text: chars[from..to].iter().collect() });
    };
    let mut run_from = None;
    for at in 0..chars.len() {
        match kind(at) {
            Some(true) => {
                push(at, at + 1);
                if kind(at + 1) == Some(true) {
                    push(at, at + 2);
                }
            }
            Some(false) => {
                let from = *run_from.get_or_insert(at);
                if kind(at + 1) != Some(false) {
                    push(from, at + 1);
                    run_from = None;
                }
            }
            None => {}
        }
    }
}

/// Whether a character is Chinese: the unified ideographs and their extensions.
pub(crate) fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{323af}')
}

/// Words that callers say in every sentence.
const FILLERS: &[&str] = &[
    "我",
    "我们",
    "我家",
    "我们家",
    "咱",
    "咱们",
    "你",
    "你们",
    "您",
    "你好",
    "您好",
    "他",
    "她",
    "它",
    "人家",
    "请",
    "请问",
    "问",
    "问问",
    "问一下",
    "想",
    "想问",
    "一下",
    "一个",
    "个",
    "的",
    "地",
    "得",
    "了",
    "着",
    "过",
    "吗",
    "呢",
    "啊",
    "吧",
    "呀",
    "哦",
    "嗯",
    "是",
    "是不是",
    "在",
    "有",
    "有没有",
    "没",
    "没有",
    "和",
    "跟",
    "就",
    "都",
    "也",
    "还",
    "又",
    "很",
    "太",
    "那",
    "那个",
    "这",
    "这个",
    "怎么",
    "怎么办",
    "咋",
    "咋办",
    "怎样",
    "如何",
    "什么",
    "啥",
    "哪",
    "哪里",
    "哪儿",
    "谁",
    "找",
    "找谁",
    "多少",
    "几",
    "可以",
    "能",
    "能不能",
    "会",
    "要",
    "需要",
    "该",
    "应该",
    "给",
    "把",
    "被",
    "让",
    "去",
    "来",
    "到",
    "说",
    "现在",
    "为什么",
    "麻烦",
    "谢谢",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(tokens: &[Token]) -> Vec<&str> {
        tokens.iter().map(|token| token.text.as_str()).collect()
    }

    #[test]
    fn chinese_has_words_and_one_and_two_character_tokens() {
        let cut = tokenize("新生儿上户口");
        assert!(texts(&cut.words).contains(&"户口"), "{:?}", cut.words);
        assert_eq!(
            texts(&cut.grams),
            ["新", "新生", "生", "生儿", "儿", "儿上", "上", "上户", "户", "户口", "口"]
        );
    }

    #[test]
    fn letters_and_digits_are_whole_tokens_in_any_width() {
        let cut = tokenize("ＷＩＦＩ信号，拨１２３４５、5G");
        let grams = texts(&cut.grams);
        assert!(grams.contains(&"wifi") && grams.contains(&"12345") && grams.contains(&"5g"));
        assert!(!grams.contains(&"，"));
        assert!(texts(&cut.words).contains(&"12345"), "{:?}", cut.words);
    }

    #[test]
    fn common_words_are_left_out_of_queries() {
        let cut = tokenize_query("您好，请问我家停暖了找谁？");
        assert_eq!(texts(&cut.grams), ["停", "停暖", "暖"]);
        // A query of nothing but common words keeps them.
        assert!(!tokenize_query("怎么办").grams.is_empty());
    }

    #[test]
    fn token_positions_are_in_characters() {
        let cut = tokenize("ａ１ 停暖");
        let place =
            |text: &str| cut.grams.iter().find(|gram| gram.text == text).map(|gram| gram.from);
        assert_eq!((place("a1"), place("停"), place("停暖")), (Some(0), Some(3), Some(3)));
    }

    #[test]
    fn empty_text_has_no_tokens() {
        assert_eq!(tokenize(""), Tokens::default());
        assert_eq!(tokenize("，。！ \n"), Tokens::default());
    }
}
