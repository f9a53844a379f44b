//! What everything was measured on, as far as it matters to the numbers.

use std::{
    fs::{self, File},
    io::Write as _,
    path::Path,
};

use crate::{
    Settings,
    report::Report,
    time::{self, percentile},
};

/// Writes the first section.
pub fn describe(report: &mut Report, settings: &Settings) -> anyhow::Result<()> {
    report.section("Machine", "Server, load and database share it.");
    let cpu = field("/proc/cpuinfo", "model name").unwrap_or_default();
    let cores = std::thread::available_parallelism()?;
    report.line(&format!("- Processor: {cores} cores of {}", cpu.trim_start_matches(": ")));
    let memory = field("/proc/meminfo", "MemTotal").unwrap_or_default();
    let kib: f64 = memory.split_whitespace().find_map(|word| word.parse().ok()).unwrap_or(0.0);
    report.line(&format!("- Memory: {:.0} GiB", kib / 1024.0 / 1024.0));
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    report.line(&format!("- Kernel: Linux {}", kernel.trim()));
    let sync = sync_us(&settings.folder)?;
    report.line(&format!(
        "- Disk: {}, 4 KiB appended and synced (fdatasync) in {:.2} ms (p50), {:.2} ms (p99)",
        file_system(&settings.folder),
        percentile(&sync, 500) / 1000.0,
        percentile(&sync, 990) / 1000.0
    ));
    report.line(&format!("- SQLite {}", rusqlite::version()));
    if let Some(url) = &settings.postgres {
        let mut client = ::postgres::Client::connect(url, ::postgres::NoTls)?;
        let mut show = |what: &str| -> anyhow::Result<String> {
            Ok(client.query_one(&format!("show {what}"), &[])?.get(0))
        };
        let (version, buffers) = (show("server_version")?, show("shared_buffers")?);
        let (fsync, images) = (show("fsync")?, show("full_page_writes")?);
        report.line(&format!(
            "- PostgreSQL {version}: shared_buffers {buffers}, fsync {fsync}, full_page_writes \
             {images}"
        ));
    }
    report.line(&format!(
        "- {} rounds, {} s each{}",
        settings.rounds,
        settings.seconds,
        if settings.is_quick { "; **quick sizes, which judge nothing**" } else { "" }
    ));
    Ok(())
}

fn field(file: &str, name: &str) -> Option<String> {
    let text = fs::read_to_string(file).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    Some(line.trim_start_matches([':', ' ', '\t']).trim().to_owned())
}

/// The kind of file system that `folder` is on.
fn file_system(folder: &Path) -> String {
    let mounts = fs::read_to_string("/proc/mounts").unwrap_or_default();
    let folder = folder.canonicalize().unwrap_or_else(|_absent| folder.to_owned());
    let mut best = (0, "unknown");
    for line in mounts.lines() {
        let mut words = line.split(' ').skip(1);
        if let (Some(point), Some(kind)) = (words.next(), words.next())
            && folder.starts_with(point)
            && best.0 <= point.len()
        {
            best = (point.len(), kind);
        }
    }
    best.1.to_owned()
}

fn sync_us(folder: &Path) -> anyhow::Result<Vec<u32>> {
    let path = folder.join("sync");
    let mut file = File::create(&path)?;
    let mut all = Vec::new();
    for _ in 0..300 {
        let begun = time::stopwatch();
        file.write_all(&[7; 4096])?;
        file.sync_data()?;
        all.push(time::microseconds(begun));
    }
    fs::remove_file(path)?;
    all.sort_unstable();
    Ok(all)
}
