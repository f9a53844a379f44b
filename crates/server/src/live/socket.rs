//! A WebSocket, from its first frame to its last.

use std::time::Duration;

use axum::{
    extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket, WebSocketUpgrade},
    response::Response,
};
use futures_util::SinkExt as _;
use tokio::time::{Instant, timeout};

use super::{Line, Missed, Reason, frame};
use crate::error::Error;

/// How long the first frame may take.
const HELLO_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a frame may take to leave.
const SEND_TIMEOUT: Duration = Duration::from_secs(10);
/// The longest frame of a client.
const FRAME_BYTES_MAX: usize = 64 * 1024;
/// What a socket reads at once: its buffer stays as long as the socket does.
const READ_BYTES: usize = 1024;
/// What is gathered before it is written: many short frames leave as one.
const WRITE_BYTES: usize = 16 * 1024;
/// Frames of a client: in the mean of a second, and at once.
const FRAMES_A_SECOND: f64 = 20.0;
const FRAMES_AT_ONCE: f64 = 60.0;
const REFUSED: u16 = 1008;
const MEANINGLESS: u16 = 1003;
const AWAY: u16 = 1013;

/// What the first frame said.
#[derive(Clone, Debug, Default)]
pub struct Hello {
    /// The credential, if no header brought it.
    pub token: Option<String>,
    /// What the client knows already.
    pub since: Option<i64>,
    /// As which operator.
    pub operator_id: Option<String>,
}

/// Answers an upgrade: `admit` turns what the first frame said into a line of the hub.
pub fn upgrade<F, Fut>(upgrade: WebSocketUpgrade, admit: F) -> Response
where
    F: FnOnce(Hello) -> Fut + Send + 'static,
    Fut: Future<Output = Result<Line, Error>> + Send,
{
    let upgrade = upgrade
        .read_buffer_size(READ_BYTES)
        .write_buffer_size(WRITE_BYTES)
        .max_write_buffer_size(1 << 20)
        .max_message_size(FRAME_BYTES_MAX)
        .max_frame_size(FRAME_BYTES_MAX);
    upgrade.on_upgrade(async move |socket| run(socket, admit).await)
}

async fn run<F, Fut>(mut socket: WebSocket, admit: F)
where
    F: FnOnce(Hello) -> Fut,
    Fut: Future<Output = Result<Line, Error>>,
{
    let Some(hello) = hello(&mut socket).await else { return };
    let since = hello.since;
    // It is big and short: a socket lives long, and keeps no room for it.
    let mut line = match Box::pin(admit(hello)).await {
        Ok(line) => line,
        Err(error) => {
            let code = if matches!(error, Error::Busy) { AWAY } else { REFUSED };
            return close(&mut socket, code, &error.to_string()).await;
        }
    };
    if !Box::pin(begin(&mut socket, &line, since)).await {
        return;
    }
    talk(&mut socket, &mut line).await;
}

/// The first frame. Whoever says nothing in time is not let in.
async fn hello(socket: &mut WebSocket) -> Option<Hello> {
    let first = timeout(HELLO_TIMEOUT, async {
        loop {
            match socket.recv().await? {
                Ok(Message::Text(text)) => return Some(text),
                Ok(Message::Ping(_) | Message::Pong(_)) => {}
                Ok(Message::Binary(_) | Message::Close(_)) | Err(_) => return None,
            }
        }
    });
    let Ok(Some(text)) = first.await else {
        close(socket, REFUSED, "the first frame must be a 'hello', within 10 seconds").await;
        return None;
    };
    match serde_json::from_str(text.as_str()) {
        Ok(frame::Said::Hello { token, since, operator_id }) => {
            Some(Hello { token, since, operator_id })
        }
        Ok(_) | Err(_) => {
            close(socket, REFUSED, "the first frame must be a 'hello'").await;
            None
        }
    }
}

/// Tells what was missed. Says whether to go on.
async fn begin(socket: &mut WebSocket, line: &Line, since: Option<i64>) -> bool {
    let position = line.position();
    let since = since.unwrap_or(position);
    if !send(socket, frame::welcome(since.min(position))).await {
        return false;
    }
    match line.missed(since).await {
        Ok(Missed::Frames(frames)) => {
            for frame in frames {
                if !send(socket, frame).await {
                    return false;
                }
            }
            send(socket, frame::live(position)).await
        }
        Ok(Missed::Resync) => send(socket, frame::resync(position)).await,
        Err(error) => {
            tracing::error!(?error, "what a listener missed cannot be told");
            close(socket, AWAY, "try again in a moment").await;
            false
        }
    }
}

/// Client frames that may still come.
struct Budget {
    left: f64,
    at: Instant,
}

impl Budget {
    fn take(&mut self) -> bool {
        let now = Instant::now();
        let more = now.duration_since(self.at).as_secs_f64() * FRAMES_A_SECOND;
        self.left = (self.left + more).min(FRAMES_AT_ONCE) - 1.0;
        self.at = now;
        0.0 <= self.left
    }
}

async fn talk(socket: &mut WebSocket, line: &mut Line) {
    let heartbeat = Duration::from_secs(frame::HEARTBEAT_S);
    let mut next_ping = Instant::now() + heartbeat;
    let mut unanswered = 0;
    let mut budget = Budget { left: FRAMES_AT_ONCE, at: Instant::now() };
    loop {
        tokio::select! {
            told = line.next() => {
                let Some(told) = told else { return end(socket, line.reason()).await };
                if !send_all(socket, told, line).await {
                    return;
                }
            }
            said = socket.recv() => {
                unanswered = 0;
                let text = match said {
                    Some(Ok(Message::Text(text))) => text,
                    Some(Ok(Message::Ping(_) | Message::Pong(_))) => continue,
                    Some(Ok(Message::Binary(_))) => {
                        return close(socket, MEANINGLESS, "frames are texts of JSON").await;
                    }
                    Some(Ok(Message::Close(_)) | Err(_)) | None => return,
                };
                if !budget.take() {
                    return close(socket, REFUSED, "too many frames: at most 20 a second").await;
                }
                let Ok(said) = serde_json::from_str(text.as_str()) else {
                    return close(socket, MEANINGLESS, "this frame means nothing here").await;
                };
                // What is not theirs to tell is told to nobody; the socket is not to blame.
                if let Err(error) = Box::pin(line.hear(said)).await {
                    tracing::debug!(%error, "a signal was not passed on");
                }
            }
            () = tokio::time::sleep_until(next_ping) => {
                if unanswered == 2 {
                    return;
                }
                unanswered += 1;
                next_ping = Instant::now() + heartbeat;
                if !send(socket, frame::ping()).await {
                    return;
                }
            }
        }
    }
}

async fn end(socket: &mut WebSocket, reason: Reason) {
    if send(socket, frame::bye(reason)).await {
        close(socket, reason.code(), reason.as_str()).await;
    }
}

/// Says whether it left: whoever does not read for so long is gone.
async fn send(socket: &mut WebSocket, frame: Utf8Bytes) -> bool {
    matches!(timeout(SEND_TIMEOUT, socket.send(Message::Text(frame))).await, Ok(Ok(())))
}

/// Sends `first` and all that waits behind it at once. Says whether it left.
async fn send_all(socket: &mut WebSocket, first: Utf8Bytes, line: &mut Line) -> bool {
    let sending = async {
        socket.feed(Message::Text(first)).await?;
        while let Some(next) = line.next_now() {
            socket.feed(Message::Text(next)).await?;
        }
        socket.flush().await
    };
    matches!(timeout(SEND_TIMEOUT, sending).await, Ok(Ok(())))
}

async fn close(socket: &mut WebSocket, code: u16, reason: &str) {
    let reason: String = reason.chars().take(100).collect();
    let frame = Message::Close(Some(CloseFrame { code, reason: reason.into() }));
    // Whoever is gone does not hear it.
    drop(timeout(SEND_TIMEOUT, socket.send(frame)).await);
}
