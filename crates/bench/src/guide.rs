//! The search over many items: how long one query takes. The items are generated from words of real ones; the queries
//! are of every kind people type.

use crate::figures::{Row, Run, Spread};
use anyhow::{Result, ensure};
use clap::Args;
use std::time::Instant;
use yichuang_app::search::{Entry, Field, Index, shipped};

/// What is measured.
#[derive(Debug, Args)]
pub struct GuideArgs {
    /// Items in the index.
    #[arg(long, default_value_t = 100_000)]
    items: usize,
    /// Queries in each run.
    #[arg(long, default_value_t = 5_000)]
    queries: usize,
}

const PLACES: [&str; 12] = [
    "市级",
    "区级",
    "镇街",
    "江北区",
    "渝中区",
    "沙坪坝区",
    "九龙坡区",
    "南岸区",
    "北碚区",
    "渝北区",
    "巴南区",
    "长寿区",
];
const MATTERS: [&str; 40] = [
    "食品经营",
    "药品经营",
    "医疗器械经营",
    "公共场所卫生",
    "道路货物运输",
    "道路旅客运输",
    "建筑工程施工",
    "户外广告设置",
    "取水",
    "排污",
    "民办学校设立",
    "职业培训机构",
    "出版物零售",
    "烟草专卖零售",
    "烟花爆竹零售",
    "旅馆业",
    "印章刻制业",
    "人力资源服务",
    "劳务派遣",
    "动物诊疗",
    "兽药经营",
    "农药经营",
    "种子生产经营",
    "水产苗种",
    "林木采伐",
    "占用林地",
    "城市树木移植",
    "建筑垃圾处置",
    "城市道路挖掘",
    "排水管网接入",
    "不动产登记",
    "个体工商户",
    "有限责任公司",
    "特种设备使用",
    "计量标准器具",
    "社会团体",
    "慈善组织",
    "最低生活保障",
    "残疾人补贴",
    "生育登记",
];
const ACTS: [&str; 16] = [
    "许可",
    "备案",
    "变更登记",
    "注销登记",
    "延续",
    "补证",
    "资格认定",
    "年度报告",
    "核准",
    "审批",
    "信息查询",
    "证明出具",
    "设立登记",
    "换发证书",
    "撤销",
    "告知承诺",
];
const FOR_WHOM: [&str; 8] = ["新办", "个人", "企业", "事业单位", "外商投资", "连锁企业", "首次", "跨区域"];
const ASKED: [&str; 24] = [
    "食品经营许可",
    "开火锅店",
    "我想在观音桥开个串串香，要办哪些证",
    "spjy",
    "spjyxk",
    "shipinjingying",
    "shipinjignying",
    "视频经营许可",
    "食品经营许克",
    "江北区 建筑工程施工许可",
    "重庆市道路货物运输",
    "banlizhuxiao",
    "个体工商户注销登记",
    "行政许可审批登记证",
    "排污",
    "证",
    "zhuxiaodengji",
    "长寿区最低生活保障",
    "dlhwys",
    "低保",
    "残疾人",
    "外商投资企业特种设备使用登记变更",
    "xuke",
    "没有这样的事项",
];

/// Milliseconds of a query over so many items.
pub fn measure(args: &GuideArgs, repetitions: u8) -> Result<Vec<Row>> {
    ensure!(args.items > 0 && args.queries > 0, "at least one item and one query");
    let everyday = shipped().map_err(|error| anyhow::anyhow!("{error}"))?;
    let said: Vec<&str> = everyday.all().collect();
    let begun = Instant::now();
    let index = Index::new((0..args.items).map(|at| entry(at, &said)).collect(), &everyday.filler);
    eprintln!("index of {} items: {:.1} s", index.len(), begun.elapsed().as_secs_f64());
    let (mut medians, mut slowest) = (Vec::new(), Vec::new());
    for repetition in 1..=repetitions {
        let begun = Instant::now();
        let latencies = (0..args.queries).map(|at| {
            let asked = Instant::now();
            std::hint::black_box(index.find(ASKED[at % ASKED.len()], 10));
            asked.elapsed()
        });
        let latencies = latencies.collect();
        let run = Run::new(args.queries, begun.elapsed(), latencies);
        eprintln!("run {repetition}: {:.0} queries/s", run.per_second());
        medians.push(run.percentile(0.5));
        slowest.push(run.percentile(0.99));
    }
    let mut rows = vec![
        Row::new("guide search, median", "ms", Spread::of(medians.into_iter())),
        Row::new("guide search, p99", "ms", Spread::of(slowest.into_iter())),
    ];
    let about =
        format!("{} items, {} queries of {} kinds, one thread", args.items, args.queries, ASKED.len());
    rows.iter_mut().for_each(|row| row.about.clone_from(&about));
    Ok(rows)
}

/// An item of its own, with what people say for it.
fn entry(at: usize, said: &[&str]) -> Entry {
    let pick = |words: &'static [&'static str], spread: usize| words[at / spread % words.len()];
    let (place, matter) = (pick(&PLACES, 1), pick(&MATTERS, 12));
    let (act, whom) = (pick(&ACTS, 12 * 40), pick(&FOR_WHOM, 12 * 40 * 16));
    let mut texts =
        vec![(Field::Name, format!("{place}{matter}{act}（{whom}第{}类）", at / (12 * 40 * 16 * 8) + 1))];
    texts.extend((0..4).map(|nth| (Field::Phrase, said[(at * 7 + nth * 131) % said.len()].to_owned())));
    texts
        .extend(["本人办理", "委托他人办理", "告知承诺办理"].map(|name| (Field::Situation, name.to_owned())));
    texts.push((Field::Result, format!("{matter}{act}证")));
    texts.push((Field::Unit, format!("{place}市场监督管理局")));
    Entry { texts, codes: vec![format!("11500105MB1A{at:07}4000131{:05}", at % 99_991)] }
}
