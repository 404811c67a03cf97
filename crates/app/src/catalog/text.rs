//! 文本: encodings, line numbers, and the elements of a JSON array, for messages that name the line.

use serde_json::Value;
use std::ops::Range;
use yichuang_domain::item::ItemVersion;

/// The text of a file in UTF-8, UTF-16 with BOM, or GB18030; the line of the first unreadable byte otherwise.
///
/// A UTF-8 file with a damaged byte must not pass for GB18030: it is known by the characters of three bytes
/// before the damage, which a GB18030 text all but never begins with.
pub(super) fn decode(bytes: &[u8]) -> Result<String, u64> {
    let text = match (encoding_rs::Encoding::for_bom(bytes), std::str::from_utf8(bytes)) {
        (Some((encoding, length)), _) => decode_as(encoding, &bytes[length..])?,
        (None, Ok(text)) => text.to_owned(),
        (None, Err(error)) => {
            let (good, _) = bytes.split_at(error.valid_up_to());
            match String::from_utf8_lossy(good).chars().any(|c| c.len_utf8() > 2) {
                true => return Err(1 + good.iter().filter(|byte| **byte == b'\n').count() as u64),
                false => decode_as(encoding_rs::GB18030, bytes)?,
            }
        }
    };
    // Old tables end their lines with a lone carriage return.
    Ok(if text.contains('\n') { text } else { text.replace('\r', "\n") })
}

fn decode_as(encoding: &'static encoding_rs::Encoding, bytes: &[u8]) -> Result<String, u64> {
    match encoding.decode_without_bom_handling_and_without_replacement(bytes) {
        Some(text) => Ok(text.into_owned()),
        None => {
            let (text, _) = encoding.decode_without_bom_handling(bytes);
            let good = text.split('\u{FFFD}').next().unwrap_or_default();
            Err(1 + good.matches('\n').count() as u64)
        }
    }
}

/// A cell or JSON text as stored: no blanks at its ends, lines end with a line feed.
pub(super) fn clean(text: &str) -> String {
    text.trim().replace("\r\n", "\n")
}

/// Holds a character that must not get past the boundary: files may not bring them into the database.
pub(super) fn has_control(text: &str) -> bool {
    text.chars().any(|c| c.is_control() && c != '\n' && c != '\t')
}

/// Counts lines from the start of the text to rising byte offsets.
pub(super) struct LineCounter<'a> {
    text: &'a [u8],
    at: usize,
    line: u64,
}

impl<'a> LineCounter<'a> {
    pub(super) fn new(text: &'a str) -> LineCounter<'a> {
        LineCounter { text: text.as_bytes(), at: 0, line: 1 }
    }

    /// Line of this byte, from 1. Offsets must not fall.
    pub(super) fn at(&mut self, byte: usize) -> u64 {
        let byte = byte.clamp(self.at, self.text.len());
        self.line += self.text[self.at..byte].iter().filter(|b| **b == b'\n').count() as u64;
        self.at = byte;
        self.line
    }

    /// Line of the row that begins here, empty lines before it passed over.
    pub(super) fn row(&mut self, byte: usize) -> u64 {
        let rest = self.text.get(byte..).unwrap_or_default();
        let blank = rest.iter().take_while(|b| matches!(b, b'\r' | b'\n')).count();
        self.at(byte + blank)
    }

    /// Line of the last offset asked for.
    pub(super) fn last(&self) -> u64 {
        self.line
    }
}

/// Byte of the quote that is never closed, if there is one.
pub(super) fn open_quote(text: &str) -> Option<usize> {
    let mut open = None;
    let mut field_starts = true;
    let mut bytes = text.bytes().enumerate().peekable();
    while let Some((at, byte)) = bytes.next() {
        match (open, byte) {
            (Some(_), b'"') if bytes.peek().is_some_and(|(_, next)| *next == b'"') => drop(bytes.next()),
            (Some(_), b'"') => open = None,
            (Some(_), _) => {}
            (None, b'"') if field_starts => open = Some(at),
            (None, _) => field_starts = matches!(byte, b',' | b'\n' | b'\r'),
        }
        if open.is_some() {
            field_starts = false;
        }
    }
    open
}

/// What is wrong inside one element of a JSON array.
pub(super) struct JsonFault {
    /// Byte at which the element begins.
    pub at: usize,
    /// Lines from there to the fault.
    pub line: u64,
    /// In words.
    pub text: String,
}

/// The elements of a JSON array, one after the other; ends after the first that cannot be delimited.
pub(super) fn elements(text: &str) -> impl Iterator<Item = Result<Range<usize>, JsonFault>> {
    let open = text.find('[').filter(|at| text[..*at].trim().is_empty());
    let mut at = open.map_or(0, |at| at + 1);
    let mut ended = false;
    let mut first = true;
    std::iter::from_fn(move || {
        if ended {
            return None;
        }
        let fault =
            |at: usize, line: u64, text: &str| Some(Err(JsonFault { at, line, text: text.to_owned() }));
        if open.is_none() {
            ended = true;
            return fault(0, 0, "应为事项的数组，以 [ 开头");
        }
        at = blank(text, at);
        if text[at..].starts_with(']') {
            ended = true;
            return match text[at + 1..].trim().is_empty() {
                true => None,
                false => fault(at, 0, "数组之后还有内容"),
            };
        }
        if !first && !text[at..].starts_with(',') {
            ended = true;
            return fault(at, 0, "两个事项之间缺少逗号，或者数组没有结束");
        }
        let start = if first { at } else { blank(text, at + 1) };
        first = false;
        if !text[start..].starts_with('{') {
            ended = true;
            return fault(start, 0, "应为一个事项，以 { 开头");
        }
        let mut values = serde_json::Deserializer::from_str(&text[start..]).into_iter::<Value>();
        match values.next() {
            Some(Ok(_)) => {
                at = start + values.byte_offset();
                Some(Ok(start..at))
            }
            Some(Err(error)) => {
                ended = true;
                fault(start, (error.line() as u64).saturating_sub(1), &explain(&error))
            }
            None => {
                ended = true;
                fault(start, 0, "数组没有结束")
            }
        }
    })
}

fn blank(text: &str, from: usize) -> usize {
    let rest = text.get(from..).unwrap_or_default();
    from + rest.len() - rest.trim_start().len()
}

/// One element as an item: texts cleaned, unknown members and control characters refused.
pub(super) fn item(slice: &str) -> Result<ItemVersion, Vec<JsonFault>> {
    let fault = |line: usize, text: String| JsonFault { at: 0, line: (line as u64).saturating_sub(1), text };
    let parsed: ItemVersion =
        serde_json::from_str(slice).map_err(|error| vec![fault(error.line(), explain(&error))])?;
    let mut given: Value =
        serde_json::from_str(slice).map_err(|error| vec![fault(error.line(), explain(&error))])?;
    let mut faults = Vec::new();
    tidy(&mut given, &mut faults);
    match serde_json::to_value(&parsed) {
        Ok(known) => unknown(&given, &known, "", &mut faults),
        Err(error) => faults.push(explain(&error)),
    }
    if !faults.is_empty() {
        return Err(faults.into_iter().map(|text| fault(1, text)).collect());
    }
    let mut item: ItemVersion =
        serde_json::from_value(given).map_err(|error| vec![fault(1, explain(&error))])?;
    empty_is_absent(&mut item);
    if item.key.is_empty() || item.name.is_empty() {
        return Err(vec![fault(1, "事项标识（key）和事项名称（name）都要填写".to_owned())]);
    }
    match item.service_objects.iter().any(|name| name.is_empty() || name.contains('、')) {
        true => Err(vec![fault(1, "服务对象（service_objects）须逐个填写，不用顿号连写".to_owned())]),
        false => Ok(item),
    }
}

/// An optional text that is empty is an absent one, as in a cell.
fn empty_is_absent(item: &mut ItemVersion) {
    let optional = [
        &mut item.code,
        &mut item.handling_code,
        &mut item.sector,
        &mut item.joint,
        &mut item.moved_from,
        &mut item.fee.basis,
    ];
    for text in optional {
        *text = text.take().filter(|text| !text.is_empty());
    }
    item.source = item.source.take().filter(|source| !source.id.is_empty());
}

fn tidy(value: &mut Value, faults: &mut Vec<String>) {
    match value {
        Value::String(text) => {
            *text = clean(text);
            if has_control(text) {
                faults.push("含有控制字符".to_owned());
            }
        }
        Value::Array(list) => list.iter_mut().for_each(|value| tidy(value, faults)),
        Value::Object(members) => members.values_mut().for_each(|value| tidy(value, faults)),
        _ => {}
    }
}

/// Members that the item model does not have. What says nothing (null, empty) is let pass.
fn unknown(given: &Value, known: &Value, path: &str, faults: &mut Vec<String>) {
    match (given, known) {
        (Value::Object(given), Value::Object(known)) => {
            for (name, value) in given {
                let path = format!("{path}{name}");
                match known.get(name) {
                    Some(inner) => unknown(value, inner, &format!("{path}."), faults),
                    None if says_nothing(value) => {}
                    None => faults.push(format!("有不认识的字段 {path}")),
                }
            }
        }
        (Value::Array(given), Value::Array(known)) => {
            given.iter().zip(known).for_each(|(value, inner)| unknown(value, inner, path, faults));
        }
        _ => {}
    }
}

fn says_nothing(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(list) => list.is_empty(),
        _ => false,
    }
}

/// A serde message in Chinese.
pub(super) fn explain(error: &serde_json::Error) -> String {
    let said = error.to_string();
    let quoted = |after: &str| said.split_once(after).and_then(|(_, rest)| rest.split('`').next());
    if let Some(name) = quoted("missing field `") {
        return format!("缺少字段 {name}");
    }
    if let Some(word) = quoted("unknown variant `") {
        return format!("取值 {word} 不在允许的范围内");
    }
    match error.classify() {
        serde_json::error::Category::Data => "字段的内容类型不对，对照示例文件核对".to_owned(),
        serde_json::error::Category::Eof => "内容没有结束，缺少括号或者引号".to_owned(),
        _ => format!("JSON 写法有误（该行第 {} 列附近）", error.column()),
    }
}
