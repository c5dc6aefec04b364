//! The map as a page: one file without scripts.
//!
//! First all memories at one scale, then each memory by itself over the whole width, again true to
//! scale. What is too narrow to be seen there is drawn once more, larger, in a bar below, and so on;
//! each bar says how much a pixel stands for. A table has every range in figures.

mod bar;

use std::fmt::Write;

use bar::{Bar, WIDTH, class_of};

use crate::map::{Bank, Item, Kind, Map};
use crate::units::{grouped, human};

const STYLE: &str = include_str!("style.css");

/// Columns of the overview: where bars begin, and how long the longest is.
const LABEL: f64 = 90.0;
const LONGEST: f64 = 760.0;

/// Draws the page.
pub(crate) fn page(map: &Map) -> String {
    let mut page = String::new();
    // writing to a string does not fail
    let _ = write_page(map, &mut page);
    page
}

fn write_page(map: &Map, page: &mut String) -> std::fmt::Result {
    let title = escape(map.title);
    write!(
        page,
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n\
         <title>Memory map of {title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n\
         <svg class=\"defs\" width=\"0\" height=\"0\"><defs>\
         <pattern id=\"hatch\" width=\"7\" height=\"7\" patternUnits=\"userSpaceOnUse\" \
         patternTransform=\"rotate(45)\"><rect class=\"paper\" width=\"7\" height=\"7\"/>\
         <rect class=\"stripe\" width=\"2\" height=\"7\"/></pattern></defs></svg>\n\
         <h1>Memory map of {title}</h1>\n"
    )?;
    let total: u64 = map.banks.iter().map(|bank| bank.size).sum();
    writeln!(
        page,
        "<p>{} memories of together {} ({} bytes), with the addresses of the board <b>{}</b>.</p>",
        map.banks.len(),
        human(total),
        grouped(total),
        escape(map.name)
    )?;
    writeln!(page, "<ul>")?;
    for note in &map.notes {
        writeln!(page, "<li>{}</li>", escape(note))?;
    }
    writeln!(page, "</ul>")?;
    write_legend(map, page)?;
    writeln!(
        page,
        "<p><small>Bars are true to scale, but nothing is drawn thinner than two pixels. What is \
         marked with a letter is drawn once more, larger.</small></p>"
    )?;
    write_overview(map, page)?;
    for bank in &map.banks {
        write_bank(bank, page)?;
    }
    writeln!(page, "</body>\n</html>")
}

/// The kinds that the map has, with their colours.
fn write_legend(map: &Map, page: &mut String) -> std::fmt::Result {
    let mut known: Vec<(&str, String)> = Vec::new();
    for item in map.items() {
        let class = class_of(item.kind);
        if known.iter().all(|(other, _)| *other != class) {
            known.push((class, meaning(item)));
        }
    }
    known.sort_by_key(|(class, _)| bar::rank(class));
    writeln!(page, "<p class=\"legend\">")?;
    for (class, meaning) in known {
        writeln!(page, "<span>{}{}</span>", swatch(class), escape(&meaning))?;
    }
    writeln!(page, "</p>")
}

fn meaning(item: &Item) -> String {
    match item.kind {
        Kind::Heap => "Python heap".to_string(),
        Kind::Free => "free in a pool".to_string(),
        Kind::Other => "unassigned: variables, stack, drivers, or nothing".to_string(),
        _ => item.owner.clone(),
    }
}

fn swatch(class: &str) -> String {
    format!(
        "<svg class=\"swatch\" viewBox=\"0 0 16 16\">\
         <rect class=\"{class}\" x=\"0.5\" y=\"0.5\" width=\"15\" height=\"15\"/></svg>"
    )
}

/// All memories at one scale, for which the longest one fills the width.
fn write_overview(map: &Map, page: &mut String) -> std::fmt::Result {
    let longest = map.banks.iter().map(|bank| bank.size).max().unwrap_or(1);
    let row = 34.0;
    let height = row * map.banks.len() as f64;
    writeln!(
        page,
        "<section>\n<h2>All memories at one scale <small>one pixel is {}</small></h2>\n\
         <svg viewBox=\"0 0 {WIDTH} {height}\">",
        human((longest as f64 / LONGEST) as u64)
    )?;
    for (index, bank) in map.banks.iter().enumerate() {
        let y = row * index as f64 + 4.0;
        let items: Vec<&Item> = bank.parts.iter().flat_map(|part| &part.items).collect();
        let width = LONGEST * bank.size as f64 / longest as f64;
        let text = y + 17.0;
        writeln!(page, "<text class=\"name\" x=\"0\" y=\"{text}\">{}</text>", escape(bank.name))?;
        let bar = Bar { start: bank.start, end: bank.start + bank.size, items };
        bar.write_items((LABEL, y), (width, 24.0), false, page)?;
        writeln!(
            page,
            "<text class=\"note\" x=\"{:.1}\" y=\"{text}\">{} at {:#010x}</text>",
            LABEL + width + 10.0,
            human(bank.size),
            bank.start
        )?;
    }
    writeln!(page, "</svg>\n</section>")
}

/// A memory by itself: bars, and a table.
fn write_bank(bank: &Bank, page: &mut String) -> std::fmt::Result {
    writeln!(
        page,
        "<section>\n<h2>{} <small>{:#010x} to {:#010x}, {} = {} bytes</small></h2>",
        escape(bank.name),
        bank.start,
        bank.start + bank.size,
        human(bank.size),
        grouped(bank.size)
    )?;
    let items = bank.parts.iter().flat_map(|part| &part.items).collect();
    let whole = Bar { start: bank.start, end: bank.start + bank.size, items };
    let bars = whole.with_insets();
    let height: f64 = bars.iter().map(|inset| inset.height()).sum();
    writeln!(page, "<svg viewBox=\"0 0 {WIDTH} {height}\">")?;
    let mut top = 0.0;
    for inset in &bars {
        inset.write(top, &bank.parts, page)?;
        top += inset.height();
    }
    writeln!(page, "</svg>")?;
    write_table(bank, page)?;
    writeln!(page, "</section>")
}

fn write_table(bank: &Bank, page: &mut String) -> std::fmt::Result {
    writeln!(
        page,
        "<table>\n<tr><th>what</th><th>from</th><th>to</th><th class=\"number\">size</th>\
         <th class=\"number\">bytes</th></tr>"
    )?;
    for part in &bank.parts {
        let alone = part.items.iter().all(|item| item.owner == part.name);
        if !alone {
            let detail = match part.detail.as_str() {
                "" => String::new(),
                detail => format!(" <small>{}</small>", escape(detail)),
            };
            let name = format!("{}{detail}", escape(&part.name));
            write_row("part", &name, part.start, part.size, page)?;
        }
        for item in &part.items {
            let name = format!("{}{}", swatch(class_of(item.kind)), escape(&item.owner));
            write_row(if alone { "" } else { "inner" }, &name, item.start, item.size, page)?;
        }
    }
    write_row("sum", "sum", bank.start, bank.size, page)?;
    writeln!(page, "</table>")
}

fn write_row(
    class: &str,
    name: &str,
    start: u64,
    size: u64,
    page: &mut String,
) -> std::fmt::Result {
    writeln!(
        page,
        "<tr class=\"{class}\"><td>{name}</td><td>{start:#010x}</td><td>{:#010x}</td>\
         <td class=\"number\">{}</td><td class=\"number\">{}</td></tr>",
        start + size,
        human(size),
        grouped(size)
    )
}

/// A text for a page.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
