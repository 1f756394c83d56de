//! The shipped knowledge base answers what people say on the telephone.

use std::{collections::BTreeSet, fs, path::Path};

use knowledge::{Knowledge, sheet};
use library::{KnowledgeIndex, KnowledgeSearch, Query};
use model::desk::{TopicId, Visibility};

use crate::common::{base, indexed, names};

/// Questions of callers with the item that answers each.
const SPOKEN: &[(&str, &str)] = &[
    ("我家停暖了找谁", "KB-02-04"),
    ("怎么给孩子上户口", "KB-12-01"),
    ("你好我想问一下我们家暖气一点都不热", "KB-02-04"),
    ("家里温度才十五度能不能退暖气费", "KB-02-05"),
    ("厨房有股煤气味儿", "KB-02-03"),
    ("路上有个井盖没有了挺危险的", "KB-01-01"),
    ("我们小区门口路灯一直不亮", "KB-01-02"),
    ("电梯里困了人了赶紧来", "KB-03-02"),
    ("老板欠我三个月工资不给", "KB-06-01"),
    ("上班的时候把手砸了算不算工伤", "KB-06-02"),
    ("半夜了工地还在施工吵得睡不着", "KB-05-01"),
    ("楼上天天吵得要命", "KB-05-02"),
    ("手机落在出租车上了", "KB-04-01"),
    ("我身份证丢了在外地能补吗", "KB-12-03"),
    ("外地户口的孩子在这边上小学要啥材料", "KB-11-01"),
    ("在网上买了个东西商家不给退货", "KB-13-01"),
    ("健身房关门了卡里的钱咋退", "KB-13-02"),
    ("我妈八十多岁了有没有老年补贴", "KB-09-04"),
    ("在外省住院怎么报销", "KB-10-03"),
    ("租房子能取公积金吗", "KB-16-01"),
    ("补课班的老板跑了钱不退", "KB-11-03"),
    ("饭馆不开票", "KB-16-03"),
    ("被老公打了", "KB-18-01"),
    ("请不起律师", "KB-18-03"),
    ("电动车放楼道里充电", "KB-14-01"),
    ("办出国护照多长时间", "KB-12-05"),
    ("我那个工单办到哪了", "KB-20-03"),
    ("农村盖房审批", "KB-07-01"),
];

fn shipped() -> Knowledge {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../config/knowledge/common.csv");
    base(sheet::read(&fs::read_to_string(file).unwrap()).unwrap())
}

fn place(search: &KnowledgeSearch, said: &str, right: &str) -> Option<usize> {
    let hits = names(search, &Query::new(said, Visibility::Internal));
    hits.iter().position(|hit| hit == right).map(|at| at + 1)
}

#[test]
fn spoken_questions_find_their_answers() {
    let base = shipped();
    let (_folder, index): (_, KnowledgeIndex) = indexed(&base);
    let (mut first, mut wrong) = (0, Vec::new());
    for (said, right) in SPOKEN {
        let at = place(&index.search_handle(), said, right);
        first += usize::from(at == Some(1));
        // An agent's screen has room for three.
        if at.is_none_or(|at| at > 3) {
            let hits = names(&index.search_handle(), &Query::new(*said, Visibility::Internal));
            wrong.push(format!("{said}: {right} is at {at:?} of {hits:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(first * 10 >= SPOKEN.len() * 9, "{first} of {} come first", SPOKEN.len());
}

#[test]
fn unknown_subject_has_no_hits() {
    let (_folder, index): (_, KnowledgeIndex) = indexed(&shipped());
    for said in ["量子纠缠", "火星移民", "xyzzy", "999999"] {
        let hits = names(&index.search_handle(), &Query::new(said, Visibility::Internal));
        assert_eq!(hits, Vec::<String>::new(), "{said}");
    }
}

#[test]
fn internal_item_is_hidden_from_the_public() {
    let base = shipped();
    let (_folder, index): (_, KnowledgeIndex) = indexed(&base);
    let hits = names(&index.search_handle(), &Query::new("举报干部受贿", Visibility::Public));
    assert!(!hits.contains(&"KB-19-02".to_owned()), "{hits:?}");
}

#[test]
fn every_subject_has_items_without_duplicates() {
    let base = shipped();
    let subjects: BTreeSet<&str> = base
        .items()
        .filter_map(|(_, item)| item.shown())
        .flat_map(|shown| shown.version.text.topics.iter().map(TopicId::as_str))
        .filter_map(|code| code.get(..2))
        .collect();
    assert_eq!(subjects.len(), 20);
    assert_eq!(base.duplicate_questions(), vec![]);
}
