//! YAML 1.2 by the events of its parser, which bounds depth and expands nothing.

use std::{borrow::Cow, collections::HashMap, ops::Range};

use granit_parser::{Event, Parser, ScalarStyle, Span, Tag};

use crate::{input::error::UsageError, model::place::ReportPath};

use super::{
    Comment, Document,
    build::{Builder, Key, Kind, MOST_NODES},
    lines::Lines,
    veil::covered_yaml,
};

/// A list or map that is not closed yet.
struct Open {
    start: usize,
    anchor: usize,
    tag: Option<String>,
    content: Content,
}

enum Content {
    List(Vec<usize>),
    Map { pairs: Vec<(Key, usize)>, key: Option<Key> },
}

struct Reader<'a> {
    text: &'a str,
    builder: Builder,
    open: Vec<Open>,
    anchors: HashMap<usize, usize>,
    roots: Vec<usize>,
    comments: Vec<(String, Range<usize>)>,
}

/// Reads a text.
pub(super) fn read(file: ReportPath, text: String) -> Result<Document, UsageError> {
    let mut reader = Reader {
        text: &text,
        builder: Builder::default(),
        open: Vec::new(),
        anchors: HashMap::new(),
        roots: Vec::new(),
        comments: Vec::new(),
    };
    let fault = |message: String, at: Range<usize>| {
        UsageError::new(format!("{file}: {message}")).in_text(file.as_str(), &covered_yaml(&text), at, "here")
    };
    for next in Parser::new_from_str(&text) {
        let (event, span) = next.map_err(|error| {
            let at = error.marker().byte_offset().unwrap_or_default();
            fault(format!("not YAML: {}", error.kind()), at..at.saturating_add(1))
        })?;
        reader.event(event, &span);
        if reader.builder.nodes.len() > MOST_NODES {
            return Err(fault("too many values to be read".to_owned(), 0..1));
        }
    }
    let Reader { builder: Builder { nodes, repeated }, roots, comments, .. } = reader;
    let lines = Lines::of(&text);
    let comments = comments
        .into_iter()
        .map(|(comment, range)| Comment {
            text: comment,
            alone: stands_alone(&text, range.start),
            at: lines.span(&file, &text, &range),
        })
        .collect();
    Ok(Document { file, text, comments, nodes, roots, lines, repeated })
}

fn stands_alone(text: &str, at: usize) -> bool {
    let before = text.get(..at).unwrap_or_default();
    before.rsplit('\n').next().is_none_or(|line| line.trim().is_empty())
}

impl Reader<'_> {
    fn event(&mut self, event: Event<'_>, span: &Span) {
        let range = span.byte_range().unwrap_or_default();
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                self.scalar(text, style, anchor, tag.as_deref(), range);
            }
            Event::SequenceStart(_, anchor, tag) => {
                self.start(range.start, anchor, tag.as_deref(), Content::List(Vec::new()));
            }
            Event::MappingStart(_, anchor, tag) => {
                let content = Content::Map { pairs: Vec::new(), key: None };
                self.start(range.start, anchor, tag.as_deref(), content);
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(range.end),
            Event::Alias(anchor) => {
                // an alias inside of what it names is not in the list yet: it is nothing
                let target = self.anchors.get(&anchor).copied();
                let target = target.unwrap_or_else(|| self.builder.add(Kind::Null, range.clone()));
                self.place(target, range);
            }
            Event::Comment(text, _) => self.comments.push((text.into_owned(), range)),
            _ => {}
        }
    }

    fn start(&mut self, start: usize, anchor: usize, tag: Option<&Tag>, content: Content) {
        self.open.push(Open { start, anchor, tag: tag.and_then(local_name), content });
    }

    fn scalar(
        &mut self,
        text: Cow<'_, str>,
        style: ScalarStyle,
        anchor: usize,
        tag: Option<&Tag>,
        range: Range<usize>,
    ) {
        let is_text =
            style != ScalarStyle::Plain || tag.is_some_and(|tag| tag.is_yaml_core_schema_tag("str"));
        let kind = if is_text { Kind::Text(text.into_owned()) } else { plain(text) };
        let node = self.builder.add(kind, range.clone());
        self.finish(node, anchor, tag.and_then(local_name), range);
    }

    fn end(&mut self, end: usize) {
        let Some(open) = self.open.pop() else { return };
        // a block ends where the next line begins: white space behind it is not its own
        let block = self.text.get(open.start..end).unwrap_or_default();
        let range = open.start..open.start.saturating_add(block.trim_end().len());
        let node = match open.content {
            Content::List(items) => self.builder.add(Kind::List(items), range.clone()),
            Content::Map { pairs, .. } => self.builder.map(pairs, range.clone()),
        };
        self.finish(node, open.anchor, open.tag, range);
    }

    fn finish(&mut self, node: usize, anchor: usize, tag: Option<String>, range: Range<usize>) {
        let node = match tag {
            Some(tag) => self.builder.tagged(&tag, node, range.clone()),
            None => node,
        };
        if anchor != 0 {
            self.anchors.insert(anchor, node);
        }
        self.place(node, range);
    }

    /// Puts a finished value where it belongs: as a key, as a value, as a member, as a document.
    fn place(&mut self, node: usize, range: Range<usize>) {
        let Some(open) = self.open.last_mut() else {
            self.roots.push(node);
            return;
        };
        match &mut open.content {
            Content::List(items) => items.push(node),
            Content::Map { pairs, key } => match key.take() {
                Some(key) => pairs.push((key, node)),
                None => *key = Some(Key { text: key_text(&self.builder, node), range }),
            },
        }
    }
}

/// A key that is no scalar has no name here: nobody asks for it.
fn key_text(builder: &Builder, node: usize) -> String {
    match builder.nodes.get(node).map(|node| &node.kind) {
        Some(Kind::Text(text) | Kind::Number(text)) => text.clone(),
        Some(Kind::Bool(value)) => value.to_string(),
        _ => String::new(),
    }
}

/// The name of a tag such as `!Sub`; nothing for those of YAML itself.
fn local_name(tag: &Tag) -> Option<String> {
    if tag.core_suffix().is_some() {
        return None;
    }
    let name = tag.to_string();
    Some(name.trim_start_matches('!').to_owned()).filter(|name| !name.is_empty())
}

/// A scalar without quotes. Numbers keep their digits: an account id that begins with 0 must not lose it.
fn plain(text: Cow<'_, str>) -> Kind {
    match &*text {
        "" | "~" | "null" | "Null" | "NULL" => Kind::Null,
        "true" | "True" | "TRUE" => Kind::Bool(true),
        "false" | "False" | "FALSE" => Kind::Bool(false),
        number if is_number(number) => Kind::Number(text.into_owned()),
        _ => Kind::Text(text.into_owned()),
    }
}

fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    digits.starts_with(|c: char| c.is_ascii_digit()) && digits.parse::<f64>().is_ok()
}
