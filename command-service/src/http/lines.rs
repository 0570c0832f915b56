//! NDJSON in: a request body cut into lines, one in memory at a time, each with its limit.

use axum::body::{Body, BodyDataStream};
use bytes::{Buf, Bytes, BytesMut};
use futures::{Stream, StreamExt};
use service_runtime::limits::BODY_BYTES_MAX;

/// One line of a request.
#[derive(Debug, PartialEq, Eq)]
pub enum Line {
    /// Its text, without the end of line.
    Text(Bytes),
    /// Longer than 1 MiB; its text was thrown away.
    TooLong,
}

/// The lines of a body, numbered from 1. A last line without an end counts; a body that broke off ends it.
#[derive(Debug)]
pub struct Lines {
    body: BodyDataStream,
    rest: BytesMut,
    number: usize,
    too_long: bool,
    ended: bool,
}

impl Lines {
    /// Cuts a body.
    pub fn new(body: Body) -> Self {
        Self {
            body: body.into_data_stream(),
            rest: BytesMut::new(),
            number: 0,
            too_long: false,
            ended: false,
        }
    }

    /// All of them.
    pub fn stream(self) -> impl Stream<Item = (usize, Line)> {
        futures::stream::unfold(self, async |mut lines| {
            let line = lines.next().await?;
            Some((line, lines))
        })
    }

    /// The next line that is not blank, with its number.
    pub async fn next(&mut self) -> Option<(usize, Line)> {
        loop {
            if let Some(end) = self.rest.iter().position(|byte| *byte == b'\n') {
                let text = self.rest.split_to(end).freeze();
                self.rest.advance(1);
                if let Some(line) = self.finish(text) {
                    return Some(line);
                }
                continue;
            }
            if self.rest.len() > BODY_BYTES_MAX {
                self.too_long = true;
                self.rest.clear();
            }
            if self.ended {
                if self.rest.is_empty() && !self.too_long {
                    return None;
                }
                let text = self.rest.split().freeze();
                return self.finish(text);
            }
            match self.body.next().await {
                Some(Ok(chunk)) => self.rest.extend_from_slice(&chunk),
                // what arrived of a broken line is not a line
                Some(Err(_)) => return None,
                None => self.ended = true,
            }
        }
    }

    fn finish(&mut self, text: Bytes) -> Option<(usize, Line)> {
        self.number += 1;
        let too_long = std::mem::take(&mut self.too_long) || text.len() > BODY_BYTES_MAX;
        if too_long {
            return Some((self.number, Line::TooLong));
        }
        let trimmed = text.trim_ascii();
        (!trimmed.is_empty()).then(|| (self.number, Line::Text(text.slice_ref(trimmed))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn lines(chunks: Vec<Bytes>) -> Vec<(usize, Line)> {
        let stream = futures::stream::iter(chunks.into_iter().map(Ok::<_, std::io::Error>));
        let mut lines = Lines::new(Body::from_stream(stream));
        let mut all = Vec::new();
        while let Some(line) = lines.next().await {
            all.push(line);
        }
        all
    }

    fn text(text: &'static str) -> Line {
        Line::Text(Bytes::from_static(text.as_bytes()))
    }

    #[tokio::test]
    async fn chunks_and_lines_need_not_agree() {
        let chunks = ["{\"a\"", ":1}\n\n{", "\"b\":2}\r\n{}"].map(Bytes::from_static_str);
        assert_eq!(
            lines(chunks.to_vec()).await,
            [(1, text("{\"a\":1}")), (3, text("{\"b\":2}")), (4, text("{}"))]
        );
    }

    #[tokio::test]
    async fn a_line_longer_than_1_mib_is_named_and_the_next_one_is_read() {
        let long = Bytes::from(vec![b'x'; BODY_BYTES_MAX + 1]);
        let exact = Bytes::from(vec![b'y'; BODY_BYTES_MAX]);
        let all = lines(vec![
            long,
            Bytes::from_static(b"\n"),
            exact.clone(),
            Bytes::from_static(b"\n{}\n"),
        ])
        .await;
        assert_eq!(all, [(1, Line::TooLong), (2, Line::Text(exact)), (3, text("{}"))]);
    }

    trait FromStaticStr {
        fn from_static_str(text: &'static str) -> Bytes;
    }
    impl FromStaticStr for Bytes {
        fn from_static_str(text: &'static str) -> Bytes {
            Bytes::from_static(text.as_bytes())
        }
    }
}
