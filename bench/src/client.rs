//! HTTP, as little of it as there is to asking and counting.

use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    time::{Duration, Instant},
};

use anyhow::{Context as _, bail};

use crate::time;

/// Where an answer ends, and what it says first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// 200, 201, …
    pub status: u16,
    /// Bytes before the body.
    pub head: usize,
    /// Bytes of all of it.
    pub whole: usize,
}

/// Reads the head of an answer; `None` if more of it has to come.
pub fn head(bytes: &[u8]) -> anyhow::Result<Option<Head>> {
    let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else { return Ok(None) };
    let text = std::str::from_utf8(&bytes[..end]).context("the head of an answer")?;
    let mut lines = text.split("\r\n");
    let status = lines.next().and_then(|line| line.split(' ').nth(1));
    let status: u16 = status.context("an answer without a status")?.parse()?;
    let length = lines.find_map(|line| line.strip_prefix("content-length: "));
    let length: usize = match length {
        Some(length) => length.parse()?,
        None if status == 204 => 0,
        None => bail!("an answer of unknown length: {text}"),
    };
    Ok(Some(Head { status, head: end + 4, whole: end + 4 + length }))
}

/// Makes requests of one server.
#[derive(Clone, Debug)]
pub struct Maker {
    /// Where it listens.
    pub address: SocketAddr,
    /// Whose credential is shown.
    pub key: String,
}

impl Maker {
    /// Writes a request without a body.
    pub fn get(&self, path: &str, out: &mut Vec<u8>) {
        let Self { address, key } = self;
        let written = write!(
            out,
            "GET {path} HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {key}\r\n\r\n"
        );
        written.expect("a vector takes all that is written to it");
    }

    /// Writes a request with a body.
    pub fn post(&self, path: &str, body: &[u8], out: &mut Vec<u8>) {
        self.send("POST", path, body, out);
    }

    /// Writes a request that changes something.
    pub fn patch(&self, path: &str, body: &[u8], out: &mut Vec<u8>) {
        self.send("PATCH", path, body, out);
    }

    fn send(&self, method: &str, path: &str, body: &[u8], out: &mut Vec<u8>) {
        let Self { address, key } = self;
        let length = body.len();
        let written = write!(
            out,
            "{method} {path} HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {key}\r\n\
             content-type: application/json\r\ncontent-length: {length}\r\n\r\n"
        );
        written.expect("a vector takes all that is written to it");
        out.extend_from_slice(body);
    }
}

/// Whoever asks has given up by then.
const ANSWER_MAX: Duration = Duration::from_secs(20);
/// Servers close connections that rest: ours after ten seconds.
const REST_MAX: Duration = Duration::from_secs(3);

/// One connection, which asks and waits.
#[derive(Debug)]
pub struct Client {
    stream: TcpStream,
    used: Instant,
    buffer: Vec<u8>,
}

impl Client {
    /// Connects to whoever listens.
    pub fn connect(address: SocketAddr) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(ANSWER_MAX))?;
        let used = time::stopwatch();
        Ok(Self { stream, used, buffer: Vec::with_capacity(64 * 1024) })
    }

    /// Connects again if it rested so long that the server may have closed it.
    pub fn refresh(&mut self) -> anyhow::Result<()> {
        if REST_MAX < self.used.elapsed() {
            *self = Self::connect(self.stream.peer_addr()?)?;
        }
        self.used = time::stopwatch();
        Ok(())
    }

    /// Asks, and gives the status and the body.
    pub fn ask(&mut self, request: &[u8]) -> anyhow::Result<(u16, &[u8])> {
        self.stream.write_all(request)?;
        self.buffer.clear();
        let mut piece = [0; 16 * 1024];
        loop {
            let count = self.stream.read(&mut piece).context("waiting for an answer")?;
            anyhow::ensure!(0 < count, "the server closed the connection");
            self.buffer.extend_from_slice(&piece[..count]);
            if let Some(head) = head(&self.buffer)?
                && head.whole <= self.buffer.len()
            {
                return Ok((head.status, &self.buffer[head.head..head.whole]));
            }
        }
    }
}
