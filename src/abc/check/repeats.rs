//! Repeats that are opened and not closed, and endings without their others.

use super::super::diagnostic::{Code, Sink};
use super::super::{Kind, Span, Voice};

/// `:|` without `|:` is in order (§4.8); `|:` without `:|` is not.
pub(super) fn check(voice: &Voice, sink: &mut Sink) {
    let mut open: Option<Span> = None;
    let mut endings = Endings::default();
    for element in &voice.elements {
        match &element.kind {
            Kind::Bar(line) => {
                if line.closes > 0 {
                    open = None;
                }
                if line.opens > 0 {
                    endings.end(sink);
                    if let Some(span) = open.replace(element.span) {
                        report_open(span, sink);
                    }
                }
            }
            Kind::Ending(numbers) => {
                if numbers.contains(1) {
                    endings.end(sink);
                    endings.first = Some(element.span);
                } else if endings.first.is_none() {
                    let message =
                        format!("There is an ending {} and no first one before it.", numbers.last());
                    sink.report(Code::UnbalancedEnding, element.span, message);
                    endings.first = Some(element.span);
                }
                endings.last = endings.last.max(numbers.last());
            }
            _ => {}
        }
    }
    endings.end(sink);
    if let Some(span) = open {
        report_open(span, sink);
    }
}

fn report_open(span: Span, sink: &mut Sink) {
    let message = "This repeat is opened and never closed.";
    sink.report_with_hint(Code::UnclosedRepeat, span, message, "close it with :|, or write || here");
}

/// The endings of one repeat so far.
#[derive(Debug, Default)]
struct Endings {
    first: Option<Span>,
    last: u8,
}

impl Endings {
    fn end(&mut self, sink: &mut Sink) {
        let Self { first, last } = std::mem::take(self);
        if let Some(span) = first
            && last < 2
        {
            sink.report(Code::UnbalancedEnding, span, "There is a first ending and no second one after it.");
        }
    }
}
