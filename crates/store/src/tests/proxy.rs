//! A line to PostgreSQL that a test can cut at the word it names.

use std::{
    io::{Read as _, Write as _},
    net::{Shutdown, TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

/// Where a line breaks.
#[derive(Clone, Copy)]
pub(super) enum Cut {
    /// The server never hears the word.
    Before(&'static str),
    /// The server hears it, and its answer is lost.
    After(&'static str),
}

pub(super) struct Proxy {
    pub(super) url: String,
    cut: Arc<Mutex<Option<Cut>>>,
}

impl Proxy {
    /// Stands between a store and the server of `url`, for as long as the test runs.
    pub(super) fn start(url: &str) -> Self {
        let (who, rest) = url.split_once('@').expect("a user");
        let (server, name) = rest.split_once('/').expect("a database");
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("{who}@{}/{name}", listener.local_addr().unwrap());
        let cut = Arc::new(Mutex::new(None));
        let (server, armed) = (server.to_owned(), Arc::clone(&cut));
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let server = TcpStream::connect(&server).unwrap();
                carry(client, server, &armed);
            }
        });
        Self { url, cut }
    }

    /// Cuts the next line on which the word is said, once.
    pub(super) fn arm(&self, cut: Cut) {
        *self.cut.lock().unwrap() = Some(cut);
    }

    pub(super) fn has_cut(&self) -> bool {
        self.cut.lock().unwrap().is_none()
    }
}

fn carry(client: TcpStream, server: TcpStream, armed: &Arc<Mutex<Option<Cut>>>) {
    let (mut from, mut to) = (server.try_clone().unwrap(), client.try_clone().unwrap());
    thread::spawn(move || {
        // Either end may go, and then so does the other.
        drop(std::io::copy(&mut from, &mut to));
        drop(to.shutdown(Shutdown::Both));
    });
    let armed = Arc::clone(armed);
    thread::spawn(move || {
        say(client, &server, &armed);
        drop(server.shutdown(Shutdown::Both));
    });
}

/// Passes on what the client says, until it says the word.
fn say(mut client: TcpStream, mut server: &TcpStream, armed: &Mutex<Option<Cut>>) {
    let mut said = [0; 1 << 16];
    while let Ok(length @ 1..) = client.read(&mut said) {
        let said = &said[..length];
        let cut = armed.lock().unwrap().take_if(|cut| {
            let (Cut::Before(word) | Cut::After(word)) = *cut;
            said.windows(word.len()).any(|part| part == word.as_bytes())
        });
        match cut {
            Some(Cut::Before(_)) => {
                drop(client.shutdown(Shutdown::Both));
                return;
            }
            Some(Cut::After(_)) => {
                // Nothing more comes back, but the server has heard it.
                drop(client.shutdown(Shutdown::Both));
                drop(server.write_all(said));
                return;
            }
            None if server.write_all(said).is_err() => return,
            None => {}
        }
    }
}
