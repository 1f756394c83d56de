//! The time of a knowledge search over 100,000 items, also while items are written.
#![allow(missing_docs, reason = "criterion's macros make public items")]

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};

use criterion::{Criterion, criterion_group, criterion_main};
use knowledge::{Knowledge, sheet::Row};
use library::{KnowledgeIndex, KnowledgeSearch, Query};
use model::{
    Date, Timestamp, Zone,
    desk::{Actor, KnowledgeId, KnowledgeText, TopicId, UnitId, Visibility},
};
use rand_chacha::{
    ChaCha8Rng,
    rand_core::{RngCore, SeedableRng},
};

fn knowledge(c: &mut Criterion) {
    let base = base();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (mut index, _) = KnowledgeIndex::open(folder.path()).expect("a new index opens");
    let began = Instant::now();
    for (id, item) in base.items() {
        index.put(id, item).expect("the index takes an item");
    }
    index.commit(1).expect("the index commits");
    let took = began.elapsed();
    let bytes: u64 = std::fs::read_dir(folder.path())
        .expect("the index is there")
        .filter_map(|entry| entry.ok()?.metadata().ok())
        .map(|meta| meta.len())
        .sum();
    say(&format!("{ITEMS} items indexed in {took:.1?}, {} MiB on disk", bytes >> 20));

    let search = index.search_handle();
    let quiet = latencies(&search, ROUNDS);
    say(&format!("quiet:        {}", spread(quiet)));

    // A writer that replaces items and commits all the time, as no real day does.
    let done = AtomicBool::new(false);
    let (busy, commits) = std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            let mut commits = 1;
            while !done.load(Ordering::Acquire) {
                for (id, item) in base.items().skip(commits * 50 % ITEMS).take(50) {
                    index.put(id, item).expect("the index takes an item");
                }
                commits += 1;
                index.commit(commits as u64).expect("the index commits");
            }
            commits - 1
        });
        let busy = latencies(&search, ROUNDS);
        done.store(true, Ordering::Release);
        (busy, writer.join().expect("the writer ends well"))
    });
    say(&format!("with a writer: {} ({commits} commits of 50 items)", spread(busy)));

    drop(index);
    let began = Instant::now();
    let (index, opened) = KnowledgeIndex::open(folder.path()).expect("the index opens again");
    say(&format!("opened again and checked in {:.1?}: {opened:?}", began.elapsed()));

    let search = index.search_handle();
    let mut asked = 0;
    c.bench_function("knowledge/search", |b| {
        b.iter(|| {
            asked += 1;
            run_query(&search, asked)
        });
    });
}

/// How long each of so many searches took.
fn latencies(search: &KnowledgeSearch, rounds: usize) -> Vec<Duration> {
    let timed = |n| {
        let began = Instant::now();
        let hits = run_query(search, n);
        assert!(hits > 0, "nothing was found");
        began.elapsed()
    };
    (0..rounds).map(timed).collect()
}

/// One search, as a seat does it: what holds today, ten hits with their snippets.
fn run_query(search: &KnowledgeSearch, n: usize) -> usize {
    let topic = (n % 10 == 9).then(|| TopicId::from("02"));
    let on = Some(Date { year: 2026, month: 11, day: 24 });
    let text = SPOKEN[n % SPOKEN.len()];
    let query = Query { topic, on, ..Query::new(text, Visibility::Internal) };
    search.search(&query).expect("the index answers").len()
}

fn spread(mut all: Vec<Duration>) -> String {
    all.sort();
    let at = |part: f64| all[((all.len() - 1) as f64 * part) as usize];
    format!("p50 {:.2?}, p99 {:.2?}, most {:.2?} of {}", at(0.5), at(0.99), at(1.0), all.len())
}

#[allow(clippy::print_stderr, reason = "a bench tells its figures to whoever runs it")]
fn say(line: &str) {
    eprintln!("{line}");
}

/// Items of the sizes that hotlines write: two to five questions, an answer of a few sentences.
fn base() -> Knowledge {
    let mut chance = ChaCha8Rng::seed_from_u64(20_261_124);
    let mut base = Knowledge::new(Zone::CHINA);
    let now = Timestamp::from_micros(1_795_363_200_000_000);
    let rows = (0..ITEMS).map(|n| row(n, &mut chance)).collect();
    let events = base.import(now, &Actor::Engine, rows, true).expect("the items are sound");
    events.iter().for_each(|(id, event)| base.apply(now, &Actor::Engine, id, event));
    base
}

fn row(n: usize, chance: &mut ChaCha8Rng) -> Row {
    let mut of = |words: &[&'static str]| words[chance.next_u32() as usize % words.len()];
    let (place, subject, trouble) = (of(PLACES), of(SUBJECTS), of(TROUBLES));
    let mut questions: Vec<String> = vec![format!("{place}{subject}{trouble}{}", of(ASKED))];
    for _ in 0..n % 4 + 1 {
        let question = format!("{}{subject}{}{}", of(OPENINGS), of(TROUBLES), of(ASKED));
        if !questions.contains(&question) {
            questions.push(question);
        }
    }
    let mut answer = format!("{place}的{subject}由{}负责，编号{n}。", of(UNITS));
    for _ in 0..n % 7 + 2 {
        let (unit, paper, days) = (of(UNITS), of(PAPERS), of(DAYS));
        answer += &format!(
            "请带{paper}到{}{unit}办理，{days}答复；{}{}的，",
            of(PLACES),
            of(SUBJECTS),
            of(TROUBLES)
        );
        answer += &format!("先联系{}，再拨打{}。", of(UNITS), of(NUMBERS));
    }
    Row {
        id: KnowledgeId::from(format!("B{n:06}").as_str()),
        text: KnowledgeText {
            questions,
            answer,
            basis: vec![format!("{subject}管理办法第{}条", n % 60 + 1)],
            owner: UnitId::from("000000-01"),
            topics: vec![TopicId::from(format!("{:02}{:02}", n % 20 + 1, n % 7 + 1).as_str())],
            line: None,
            valid_from: None,
            valid_to: n.is_multiple_of(50).then_some(Date { year: 2026, month: 6, day: 30 }),
        },
        visibility: if n.is_multiple_of(3) { Visibility::Internal } else { Visibility::Public },
        review_by: None,
    }
}

const ITEMS: usize = 100_000;
const ROUNDS: usize = 3_000;

const SPOKEN: &[&str] = &[
    "我家停暖了找谁",
    "怎么给孩子上户口",
    "你好我想问一下我们小区电梯老是坏没有人修怎么办",
    "物业费收得太高了能不能不交",
    "路灯不亮",
    "老板拖欠工资三个月了去哪里投诉",
    "公积金提取",
    "中原区身份证丢了在外地可以补办吗要带什么材料",
    "暖气不热",
    "停水",
    "异地就医备案医保报销比例是多少",
    "12315",
    "办理",
    "ETC退费",
];
const PLACES: &[&str] = &[
    "中原区",
    "金水区",
    "二七区",
    "管城区",
    "惠济区",
    "高新区",
    "经开区",
    "航空港区",
    "上街区",
    "新郑市",
    "登封市",
    "巩义市",
    "荥阳市",
    "新密市",
    "中牟县",
    "桐柏路街道",
    "建设路街道",
    "文化路街道",
    "火车站广场",
    "老旧小区",
];
const SUBJECTS: &[&str] = &[
    "暖气",
    "供水",
    "自来水",
    "路灯",
    "井盖",
    "电梯",
    "物业费",
    "公租房",
    "公交线路",
    "出租车",
    "信号灯",
    "停车位",
    "施工噪声",
    "油烟",
    "河道",
    "工资",
    "工伤",
    "养老保险",
    "医疗保险",
    "社保卡",
    "宅基地",
    "种粮补贴",
    "土地征收",
    "不动产登记",
    "低保",
    "临时救助",
    "高龄津贴",
    "挂号",
    "疫苗",
    "异地就医",
    "入学",
    "校外培训",
    "户口",
    "身份证",
    "护照",
    "违章",
    "预付卡",
    "食品",
    "营业执照",
    "消防通道",
    "烟花爆竹",
    "旅行社",
    "健身器材",
    "公积金",
    "发票",
    "个税",
    "惠企政策",
    "贷款",
    "残疾人证",
    "法律援助",
    "退役军人优待证",
    "窗口服务",
    "宽带",
    "燃气",
    "维修资金",
    "加装电梯",
    "流动摊贩",
    "违法建设",
    "垃圾清运",
    "ETC",
];
const TROUBLES: &[&str] = &[
    "不热",
    "坏了",
    "没人修",
    "停了",
    "太高",
    "拖欠",
    "丢失",
    "过期",
    "不退",
    "不给办",
    "太慢",
    "扰民",
    "漏水",
    "不达标",
    "被占用",
    "找不到",
    "没到账",
    "算错了",
    "不予受理",
    "要补办",
    "要转移",
    "要提取",
    "要备案",
    "要报销",
    "要投诉",
    "要申请",
    "要查询",
    "要注销",
    "要变更",
    "要退费",
];
const ASKED: &[&str] = &[
    "怎么办",
    "找谁",
    "去哪里办",
    "要什么材料",
    "多长时间",
    "怎么投诉",
    "多少钱",
    "有补贴吗",
    "能退吗",
    "归谁管",
];
const OPENINGS: &[&str] =
    &["", "我家", "请问", "小区", "单位的", "孩子的", "老人的", "外地", "村里", "网上"];
const UNITS: &[&str] = &[
    "城管局",
    "供热公司",
    "自来水公司",
    "供电公司",
    "燃气公司",
    "住建局",
    "交通运输局",
    "生态环境局",
    "人社局",
    "农业农村局",
    "自然资源局",
    "民政局",
    "卫健委",
    "教育局",
    "公安局",
    "市场监管局",
    "应急管理局",
    "文旅局",
    "政务服务大厅",
    "发改委",
    "街道办事处",
    "社区居委会",
    "派出所",
    "税务局",
    "医保局",
    "残联",
    "司法局",
];
const PAPERS: &[&str] = &[
    "身份证",
    "户口簿",
    "结婚证",
    "出生医学证明",
    "合同和发票",
    "收入证明",
    "不动产权证",
    "诊断证明",
    "银行卡",
    "营业执照副本",
    "委托书",
    "照片和录像",
    "居住证",
    "毕业证",
];
const DAYS: &[&str] =
    &["当场", "一个工作日内", "三个工作日内", "五个工作日内", "七日内", "十五日内", "三十日内"];
const NUMBERS: &[&str] =
    &["12345", "12315", "12333", "12329", "12366", "12348", "95598", "12393", "96110"];

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(100);
    targets = knowledge
}
criterion_main!(benches);
