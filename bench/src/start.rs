//! How long a start takes, and how much memory an idle server holds.

use std::time::Duration;

use tempfile::TempDir;

use crate::{
    Settings,
    child::Place,
    progress,
    report::{Report, Target},
    time::{self, Spread},
};

const STARTS: usize = 10;
/// After this the server does nothing any more.
const REST: Duration = Duration::from_secs(2);

/// Measures, and writes a section.
pub fn measure(settings: &Settings, report: &mut Report) -> anyhow::Result<()> {
    let (mut first, mut again, mut resident) = (Vec::new(), Vec::new(), Vec::new());
    for start in 0..STARTS {
        let folder = TempDir::new_in(&settings.folder)?;
        let place = Place::in_folder(settings, folder.path());
        let mut server = place.start_bare()?;
        first.push(server.ready_ms);
        server.kill()?;
        let server = place.start_bare()?;
        again.push(server.ready_ms);
        if start < 3 {
            time::pause(REST);
            resident.push(server.resident_mb()?);
        }
    }
    progress("starts are measured");
    report.section(
        "Start and memory",
        "From the start of the process to the first 200 of `/readyz`, on an empty store. Memory is \
         what is resident of an idle server, shared pages of its program included.",
    );
    report.table();
    report.row(
        "first start, which makes the database, ms",
        Target::AtMost(300.0),
        Spread::of(first),
    );
    report.row("start after `kill -9`, ms", Target::AtMost(300.0), Spread::of(again));
    report.row("resident, idle, MB", Target::AtMost(60.0), Spread::of(resident));
    Ok(())
}
