//! HTML: one file without scripts and external resources, to be printed on A4 landscape.

use maud::{DOCTYPE, Markup, PreEscaped, html};
use reporting::sheet::{Cell, Sheet, SheetPart, Table};

use crate::ReleaseMark;

pub(crate) fn print(sheet: &Sheet, mark: &ReleaseMark) -> String {
    html! {
        (DOCTYPE)
        html lang="zh-CN" {
            head {
                meta charset="utf-8";
                title { (sheet.title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                header {
                    h1 { (sheet.title) }
                    p.sub { (sheet.subtitle) }
                    @if mark.issue.is_empty() {
                        p.draft { "草稿，未发布" }
                    } @else {
                        p.issue { (mark.issue) }
                    }
                }
                @for part in &sheet.parts {
                    (section(part))
                }
                footer {
                    @for note in &sheet.notes { p { (note) } }
                    @if !mark.sha256.is_empty() { p.hash { "SHA-256 " (mark.sha256) } }
                }
            }
        }
    }
    .into_string()
}

fn section(part: &SheetPart) -> Markup {
    html! {
        section {
            @match part {
                SheetPart::Table(of) => {
                    h2 { (of.heading) }
                    @if of.rows.is_empty() { p.none { "无" } } @else { (table(of)) }
                    @if !of.note.is_empty() { p.note { (of.note) } }
                }
                SheetPart::Text { heading, lines } => {
                    h2 { (heading) }
                    @for line in lines { p.room { (line) } }
                }
            }
        }
    }
}

fn table(of: &Table) -> Markup {
    html! {
        table.wide[of.columns.len() > 12] {
            thead { tr { @for column in &of.columns { th scope="col" { (column) } } } }
            tbody {
                @for row in &of.rows {
                    tr { @for cell in row { (td(cell)) } }
                }
            }
        }
    }
}

fn td(cell: &Cell) -> Markup {
    match cell {
        Cell::Text(text) => html! { td { (text) } },
        Cell::Count(_) | Cell::Points(_) => html! { td.n { (cell.shown()) } },
        Cell::Rate { shown, from, .. } => html! {
            td.n title=(from) { (shown) small { (from.split('；').next().unwrap_or_default()) } }
        },
    }
}

const STYLE: &str = "\
:root{color-scheme:light}\
body{font:14px/1.5 'Noto Sans CJK SC','Source Han Sans SC','Microsoft YaHei','PingFang SC','WenQuanYi Zen Hei',sans-serif;\
color:#1a1a1a;background:#fff;margin:2rem auto;max-width:80rem;padding:0 1.5rem}\
header{border-bottom:3px double #b3261e;margin-bottom:1.5rem;text-align:center}\
h1{color:#b3261e;font-size:1.7rem;margin:0 0 .3rem}\
h2{border-left:4px solid #b3261e;font-size:1.05rem;margin:1.8rem 0 .5rem;padding-left:.5rem}\
.sub,.issue,.draft{color:#555;margin:.2rem 0}\
.draft{color:#b3261e}\
table{border-collapse:collapse;font-variant-numeric:tabular-nums;width:100%}\
th,td{border:1px solid #c9c9c9;padding:.25rem .45rem;text-align:left;vertical-align:top}\
th{background:#f4efe9;font-weight:600}\
tbody tr:nth-child(even){background:#fafafa}\
td.n{text-align:right;white-space:nowrap}\
td small{color:#767676;display:block;font-size:.72rem}\
table.wide{font-size:.78rem}\
table.wide th,table.wide td{padding:.2rem .25rem}\
.none,.note{color:#666;font-size:.85rem;margin:.3rem 0}\
.room{border-bottom:1px dotted #999;min-height:2.2rem}\
footer{border-top:1px solid #c9c9c9;color:#555;font-size:.8rem;margin-top:2rem;padding-top:.5rem}\
footer p{margin:.15rem 0}\
.hash{font-family:monospace;overflow-wrap:anywhere}\
@media print{@page{size:A4 landscape;margin:12mm}body{margin:0;max-width:none;padding:0}\
section{break-inside:auto}tr{break-inside:avoid}thead{display:table-header-group}}";
