//! Server-sent events (HTML Living Standard, section 9.2), read as they come.

use std::fmt;

use crate::error::TransportError;
use crate::answer::Opened;

/// One event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Event {
    /// Its kind; empty if the server names none, which means `message`.
    pub event: String,
    /// Its data, lines joined.
    pub data: String,
    /// The last id that the server has sent, with this event or an earlier one.
    pub id: String,
}

/// The events of an answer that stays open.
pub struct Events {
    opened: Opened,
    buffer: Vec<u8>,
    parser: EventParser,
    ended: bool,
}

/// No line or event may be longer than this.
const MAX_LINE: usize = 16 * 1024 * 1024;

impl Events {
    pub(crate) fn new(opened: Opened) -> Self {
        Self {
            opened,
            buffer: Vec::new(),
            parser: EventParser::default(),
            ended: false,
        }
    }

    /// The next event; `None` when the server has closed the stream.
    pub async fn next(&mut self) -> Option<Result<Event, TransportError>> {
        loop {
            while let Some(line) = self.line() {
                if let Some(event) = self.parser.line(&line) {
                    return Some(Ok(event));
                }
            }
            if self.ended {
                return None;
            }
            if self.buffer.len() + self.parser.event.data.len() > MAX_LINE {
                self.ended = true;
                return Some(Err(TransportError::TooLong(MAX_LINE)));
            }
            match self.opened.response.chunk().await {
                Ok(Some(chunk)) => self.buffer.extend_from_slice(&chunk),
                Ok(None) => self.ended = true,
                Err(error) => {
                    self.ended = true;
                    return Some(Err(error.into()));
                }
            }
        }
    }

    /// The next whole line. One that may go on with a line feed is whole once its next byte is known.
    fn line(&mut self) -> Option<String> {
        let end = self
            .buffer
            .iter()
            .position(|byte| matches!(byte, b'\n' | b'\r'))?;
        let next = match (self.buffer[end], self.buffer.get(end + 1)) {
            (b'\r', Some(b'\n')) => end + 2,
            (b'\r', None) if !self.ended => return None,
            _ => end + 1,
        };
        let line = String::from_utf8_lossy(&self.buffer[..end]).into_owned();
        self.buffer.drain(..next);
        Some(line)
    }
}

impl fmt::Debug for Events {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Events")
    }
}

/// Lines to events.
#[derive(Default)]
struct EventParser {
    event: Event,
    begun: bool,
    has_data: bool,
}

impl EventParser {
    fn line(&mut self, line: &str) -> Option<Event> {
        let line = if self.begun {
            line
        } else {
            line.trim_start_matches('\u{feff}')
        };
        self.begun = true;
        if line.is_empty() {
            let id = self.event.id.clone();
            let next = Event {
                id,
                ..Event::default()
            };
            let event = std::mem::replace(&mut self.event, next);
            return std::mem::take(&mut self.has_data).then_some(event);
        }
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => value.clone_into(&mut self.event.event),
            "data" => {
                if self.has_data {
                    self.event.data.push('\n');
                }
                self.has_data = true;
                self.event.data.push_str(value);
            }
            "id" if !value.contains('\0') => value.clone_into(&mut self.event.id),
            _ => {}
        }
        None
    }
}
