//! Receivers of webhooks, good and bad, as bare as they can be.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{self, BufRead as _, BufReader, Read as _, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use serde_json::Value as Json;

use crate::chance::pause;

/// How one answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Manner {
    Healthy,
    /// Answers when its time is almost over.
    Slow,
    /// Never answers.
    Hang,
    /// Answers, and then says a byte now and then.
    Drip,
    /// A body of 1 GiB.
    Huge,
    /// A small body that unpacks to a large one.
    Bomb,
    /// Sends elsewhere, where it listens too.
    Redirect,
    /// Sends to where clouds keep their secrets.
    Metadata,
    /// Is not there any more.
    Gone,
    /// Has too much to do, twice for each.
    Busy,
    /// Fails, twice for each.
    Broken,
    /// Hangs up without an answer, twice for each.
    Reset,
    /// Speaks no TLS where it is asked to.
    NoTls,
    /// Has no such name.
    NoName,
    /// Fails for the first time in one of five cases.
    Flapping,
    /// Takes it, and dies before it can say so.
    AckThenDie,
}

/// Something that came.
#[derive(Clone, Debug)]
pub(super) struct Came {
    pub(super) subject: String,
    pub(super) value: String,
    pub(super) seq: u64,
    /// The number of the attempt, from 1.
    pub(super) attempt: u64,
    /// Whether it was answered with 2xx.
    pub(super) is_taken: bool,
}

/// One receiver.
pub(super) struct Receiver {
    pub(super) manner: Manner,
    pub(super) is_ordered: bool,
    pub(super) address: SocketAddr,
    came: Arc<Mutex<Vec<Came>>>,
    /// Requests that came where a redirect leads.
    strays: Arc<AtomicUsize>,
}

/// What each attempt at one delivery finds.
type Tries = Arc<Mutex<BTreeMap<String, u32>>>;

/// A server's patience, with its pauses divided.
pub(super) const HURRY: u32 = 10;
/// Of 10 seconds: what is left must be enough on a busy machine, a tenth of it.
const SLOW: Duration = Duration::from_secs(8);
const ANSWERS: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

impl Receiver {
    pub(super) fn open(manner: Manner) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (came, strays, tries) = (Arc::default(), Arc::default(), Tries::default());
        let receiver = Self {
            manner,
            is_ordered: false,
            address,
            came: Arc::clone(&came),
            strays: Arc::clone(&strays),
        };
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (came, strays, tries) =
                    (Arc::clone(&came), Arc::clone(&strays), Arc::clone(&tries));
                // A connection that breaks is what this is about.
                thread::spawn(move || drop(serve(stream, manner, &came, &strays, &tries)));
            }
        });
        receiver
    }

    pub(super) fn ordered(manner: Manner) -> Self {
        Self { is_ordered: true, ..Self::open(manner) }
    }

    pub(super) fn url(&self) -> String {
        match self.manner {
            Manner::NoTls => format!("https://{}/hook", self.address),
            Manner::NoName => format!("http://nobody.invalid:{}/hook", self.address.port()),
            _ => format!("http://{}/hook", self.address),
        }
    }

    /// Whether everything arrives there in the end.
    pub(super) fn is_good(&self) -> bool {
        use Manner::{AckThenDie, Bomb, Broken, Busy, Drip, Flapping, Healthy, Huge, Reset, Slow};
        matches!(
            self.manner,
            Healthy | Slow | Drip | Huge | Bomb | Busy | Broken | Reset | Flapping | AckThenDie
        )
    }

    pub(super) fn came(&self) -> Vec<Came> {
        self.came.lock().unwrap().clone()
    }

    /// How many different things were taken.
    pub(super) fn taken(&self) -> usize {
        let came = self.came.lock().unwrap();
        let taken = came.iter().filter(|one| one.is_taken).map(|one| one.value.as_str());
        taken.collect::<BTreeSet<_>>().len()
    }

    pub(super) fn strays(&self) -> usize {
        self.strays.load(Ordering::Relaxed)
    }
}

fn serve(
    stream: TcpStream,
    manner: Manner,
    came: &Mutex<Vec<Came>>,
    strays: &AtomicUsize,
    tries: &Mutex<BTreeMap<String, u32>>,
) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut stream = BufReader::new(stream);
    loop {
        let Some((path, headers, body)) = hear(&mut stream)? else { return Ok(()) };
        if path != "/hook" {
            strays.fetch_add(1, Ordering::Relaxed);
            continue;
        }
        let delivery = headers.get("x-orbinto-delivery").cloned().unwrap_or_default();
        let tried = {
            let mut tries = tries.lock().unwrap();
            let tried = tries.entry(delivery.clone()).or_default();
            *tried += 1;
            *tried
        };
        let body: Json = serde_json::from_slice(&body).unwrap_or_default();
        let value = body["data"]["company"].as_str().unwrap_or_default();
        let answer = answer(manner, tried, value);
        let number = |name: &str| headers.get(name).and_then(|text| text.parse().ok()).unwrap_or(0);
        came.lock().unwrap().push(Came {
            subject: body["data"]["id"].as_str().unwrap_or_default().to_owned(),
            value: value.to_owned(),
            seq: number("x-orbinto-sequence"),
            attempt: number("x-orbinto-attempt"),
            is_taken: answer.as_ref().is_some_and(|answer| answer.contains(" 200 ")),
        });
        if manner == Manner::Slow {
            pause(SLOW / HURRY);
        }
        match answer {
            Some(answer) => stream.get_mut().write_all(answer.as_bytes())?,
            // Until whoever waits gives up.
            None if manner == Manner::Hang => {
                stream.read_to_end(&mut Vec::new())?;
                return Ok(());
            }
            None => return Ok(()),
        }
        go_on(stream.get_mut(), manner)?;
    }
}

/// The begin of an answer, or the whole of it; `None` for none.
fn answer(manner: Manner, tried: u32, value: &str) -> Option<String> {
    let status = |status: &str| Some(format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n"));
    let to = |place: &str| status(&format!("302 Found\r\nLocation: {place}"));
    match manner {
        Manner::Hang => None,
        Manner::Reset if tried <= 2 => None,
        Manner::AckThenDie if tried == 1 => None,
        Manner::Busy if tried <= 2 => status("429 Too Many Requests\r\nRetry-After: 1"),
        Manner::Broken if tried <= 2 => status("500 Internal Server Error"),
        Manner::Flapping if tried == 1 && value.ends_with(['0', '5']) => {
            status("503 Service Unavailable")
        }
        Manner::Redirect => to("/elsewhere"),
        Manner::Metadata => to("http://169.254.169.254/latest/meta-data/"),
        Manner::Gone => status("410 Gone"),
        Manner::Drip => Some("HTTP/1.1 200 OK\r\nContent-Length: 10000\r\n\r\n".to_owned()),
        Manner::Huge => Some("HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n".to_owned()),
        Manner::Bomb => {
            let head =
                "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 1048576\r\n\r\n";
            Some(head.to_owned())
        }
        _ => Some(ANSWERS.to_owned()),
    }
}

/// The rest of an answer that does not end.
fn go_on(stream: &mut TcpStream, manner: Manner) -> io::Result<()> {
    match manner {
        Manner::Drip => loop {
            stream.write_all(b".")?;
            pause(Duration::from_millis(50));
        },
        Manner::Huge => {
            let block = vec![b'x'; 1 << 16];
            (0..1 << 14).try_for_each(|_| stream.write_all(&block))
        }
        // Not one that could be unpacked: nobody is to try.
        Manner::Bomb => stream.write_all(&[0x1f, 0x8b, 8, 0].repeat(1 << 18)),
        _ => Ok(()),
    }
}

type Heard = (String, BTreeMap<String, String>, Vec<u8>);

/// The next request of a connection; `None` when there is none.
fn hear(stream: &mut BufReader<TcpStream>) -> io::Result<Option<Heard>> {
    let mut line = String::new();
    if stream.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    let Some(path) = line.split(' ').nth(1).map(str::to_owned) else { return Ok(None) };
    let mut headers = BTreeMap::new();
    loop {
        let mut line = String::new();
        stream.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(": ") else { break };
        headers.insert(name.to_lowercase(), value.to_owned());
    }
    let length = headers.get("content-length").and_then(|text| text.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    stream.read_exact(&mut body)?;
    Ok(Some((path, headers, body)))
}
