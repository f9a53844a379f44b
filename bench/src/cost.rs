//! What parts of a request cost by themselves, in this process: the numbers of a lead, and the
//! limiter.

use std::{hint::black_box, path::Path};

use anyhow::Context as _;
use axum::{
    Router,
    body::Body,
    http::{Request, StatusCode},
};
use server::{config, http, region::REGION_DEFAULT, setup};
use tokio::runtime::{self, Runtime};
use tower::ServiceExt as _;

use crate::child::{NO_LIMIT, thread_cpu_us};

/// The routes of a server that nobody but this process asks.
pub struct Inside {
    runtime: Runtime,
    router: Router,
}

/// Leads to neither a handler nor, since it is of no documented family, to the limiter.
const UNCOUNTED: &str = "/nothing";
/// Leads to no handler, and is counted.
const COUNTED: &str = "/v1/nothing";
/// Requests of each kind that follow each other: they last many ticks of the clock.
const AT_ONCE: usize = 10_000;

impl Inside {
    /// Opens a store in `folder`, with the server around it.
    pub fn open(folder: &Path) -> anyhow::Result<Self> {
        let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
        let folder = folder.to_str().context("a folder of a strange name")?;
        let flags =
            [("data", folder), ("plans.free.per_minute", NO_LIMIT), ("plans.free.burst", NO_LIMIT)];
        let config = config::load(None, &flags.map(|(name, text)| (name, Some(text.to_owned()))))?;
        let world = setup::world();
        let store = runtime.block_on(setup::open(&config, &world))?;
        let router = http::router(http::App::new(store, config, world)?);
        Ok(Self { runtime, router })
    }

    /// Microseconds that it takes to count one request and to say so in the headers of its answer:
    /// what a request of `/v1` without a key costs above one of a path of no family. This is a
    /// little more than the limiter, since the missing key is noticed too.
    pub fn limiter_us(&self, pairs: usize) -> anyhow::Result<f64> {
        let (mut counted, mut uncounted) = (0.0, 0.0);
        // The first pair fills the caches.
        for pair in 0..=pairs {
            let times = [self.ask(COUNTED)?, self.ask(UNCOUNTED)?];
            if 0 < pair {
                counted += times[0];
                uncounted += times[1];
            }
        }
        Ok((counted - uncounted) / (pairs * AT_ONCE) as f64)
    }

    /// Microseconds for all of them.
    fn ask(&self, path: &str) -> anyhow::Result<f64> {
        self.runtime.block_on(async {
            let begun = thread_cpu_us()?;
            for _ in 0..AT_ONCE {
                let request = Request::get(path).body(Body::empty())?;
                let answer = self.router.clone().oneshot(request).await?;
                let is_counted = answer.headers().contains_key("x-ratelimit-remaining");
                anyhow::ensure!(answer.status() == StatusCode::NOT_FOUND, "{path} leads somewhere");
                anyhow::ensure!(is_counted == (path == COUNTED), "{path} is counted otherwise");
            }
            Ok(thread_cpu_us()? - begun)
        })
    }
}

/// Microseconds per lead that it takes to read the numbers of these leads, and to look up where the
/// first of each belongs.
pub fn numbers_us(leads: &[Vec<String>]) -> anyhow::Result<f64> {
    let begun = thread_cpu_us()?;
    for lead in leads {
        let mut first = None;
        for number in lead {
            let phone = phone::parse(black_box(number), REGION_DEFAULT);
            let phone = phone.with_context(|| format!("{number} is not read"))?;
            first = first.or(Some(black_box(phone)));
        }
        let first = first.context("a lead without a number")?;
        black_box(phone::place(black_box(&first.e164)));
    }
    Ok((thread_cpu_us()? - begun) / leads.len() as f64)
}
