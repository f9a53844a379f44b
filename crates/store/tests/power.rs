//! The power goes: what was acknowledged is on the disk, and what only the kernel knew is gone.
//!
//! A file system on a loop device keeps what it was told to sync, and may hold the rest back for ten
//! minutes. The writer, a process of its own, is stopped in the middle; the device is copied as it is
//! then; and the copy is what a machine finds after the power came back.

#[cfg(test)]
mod power {
    use std::{
        collections::BTreeSet,
        fs,
        io::{BufRead as _, BufReader, Write as _},
        path::{Path, PathBuf},
        process::{Child, Command, Output, Stdio},
        sync::{
            Arc, Mutex,
            atomic::{AtomicU64, Ordering},
        },
        thread,
        time::{Duration, Instant},
    };

    use store::{Durability, Migration, Options, Scope, Store, Target, World};

    const TABLES: &[Migration] = &[Migration {
        number: 1,
        name: "note",
        sql: "create table note (
                  workspace text not null, id bigint not null, text text not null,
                  primary key (workspace, id)) {without_rowid}",
    }];
    /// Writes that wait together, as those of many clients do.
    const AT_ONCE: i64 = 16;
    const PATIENCE: Duration = Duration::from_secs(30);
    /// Set for the writer's process: the folder to write in, and how carefully.
    const FOLDER: &str = "POWER_FOLDER";
    const CARE: &str = "POWER_CARE";

    #[test]
    fn what_was_acknowledged_is_there_when_the_power_comes_back() {
        if is_writer() {
            return;
        }
        let rounds = setting("CHAOS_ROUNDS").and_then(|text| text.parse().ok()).unwrap_or(4);
        let mut all = 0;
        for round in 0..rounds {
            let Some((acknowledged, lost)) = cut("full", round) else { return };
            assert_eq!(lost, BTreeSet::new(), "of {acknowledged} acknowledged in round {round}");
            all += acknowledged;
        }
        println!("{rounds} power cuts: {all} acknowledged writes, none lost");
        assert!(0 < all);
    }

    /// Shows that the test above would see a loss.
    #[test]
    fn a_store_that_is_less_careful_loses_what_it_acknowledged() {
        if is_writer() {
            return;
        }
        // A moment right after a checkpoint, which syncs, may have nothing to lose.
        for round in 0..5 {
            let Some((acknowledged, lost)) = cut("normal", round) else { return };
            println!("a less careful store lost {} of {acknowledged} writes", lost.len());
            if !lost.is_empty() {
                return;
            }
        }
        panic!("the power cut is none");
    }

    #[expect(clippy::disallowed_methods, reason = "the tests have no config")]
    fn setting(name: &str) -> Option<String> {
        std::env::var(name).ok()
    }

    #[expect(clippy::disallowed_methods, reason = "the power goes at a moment of its own")]
    fn pause(span: Duration) {
        thread::sleep(span);
    }

    #[expect(clippy::disallowed_methods, reason = "how long something took is no time of day")]
    fn until(what: &str, mut is_so: impl FnMut() -> bool) {
        let begun = Instant::now();
        while !is_so() {
            assert!(begun.elapsed() < PATIENCE, "waited in vain: {what}");
            pause(Duration::from_millis(5));
        }
    }

    fn open(folder: &Path, durability: Durability) -> Store {
        let count = AtomicU64::new(0);
        let world = World {
            clock: Arc::new(|| jiff::Timestamp::UNIX_EPOCH),
            random: Arc::new(move || u128::from(count.fetch_add(1, Ordering::Relaxed))),
        };
        let target = Target::Sqlite(folder.join("test.db"));
        let options = Options { target, migrations: TABLES, world, durability, readers: 1 };
        Store::open(options).unwrap()
    }

    /// In the writer's process: writes for ever, and says on standard output what was acknowledged.
    fn is_writer() -> bool {
        let Some(folder) = setting(FOLDER) else { return false };
        let careful = setting(CARE).is_some_and(|care| care == "full");
        let durability = if careful { Durability::Full } else { Durability::Loose };
        let store = open(Path::new(&folder), durability);
        let scope = Scope::new("ws_1");
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let mut out = std::io::stdout();
        // It is killed long before.
        for first in (0..1_000_000).step_by(16) {
            let answers: Vec<_> = (first..first + AT_ONCE)
                .map(|id| {
                    store.write(&scope, move |tx| {
                        let sql = "insert into note (workspace, id, text) values (?1, ?2, ?3)";
                        tx.run(sql, &[id.into(), (&"x".repeat(200)).into()])
                    })
                })
                .collect();
            for (id, answer) in (first..).zip(answers) {
                let answered: store::Result<()> = runtime.block_on(answer);
                answered.unwrap();
                writeln!(out, "acknowledged {id}").unwrap();
            }
        }
        true
    }

    /// One power cut. How many writes were acknowledged before it, and which of them are gone; `None`,
    /// with the reason, where there is no loop device.
    fn cut(care: &str, round: u64) -> Option<(usize, BTreeSet<i64>)> {
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let image = folder.path().join("image");
        fs::File::create(&image).unwrap().set_len(96 << 20).unwrap();
        run(Command::new("mkfs.ext4").args(["-q", "-F"]).arg(&image))?;
        let disk = Disk::mount(&image, &folder.path().join("before"))?;
        let mut writer = Writer::start(&disk.folder, care);
        until("the first writes are acknowledged", || 100 < writer.count());
        // Rounds end at different moments of the writer's work, and seeds at others again.
        let seed: u64 = setting("CHAOS_SEED").and_then(|text| text.parse().ok()).unwrap_or(1);
        pause(Duration::from_millis(50 + (seed % 400 + round) * 37 % 400));
        writer.freeze();
        let copy = folder.path().join("copy");
        fs::copy(&image, &copy).unwrap();
        let acknowledged = writer.kill();
        drop(disk);
        let disk = Disk::mount(&copy, &folder.path().join("after")).expect("it could before");
        let there = notes(&disk.folder);
        let lost = acknowledged.difference(&there).copied().collect();
        Some((acknowledged.len(), lost))
    }

    fn notes(folder: &Path) -> BTreeSet<i64> {
        let store = open(folder, Durability::Full);
        store::check_file(&folder.join("test.db")).unwrap();
        let read = store.read(&Scope::new("ws_1"), |tx| {
            tx.all("select id from note where workspace = ?1", &[], |row| row.get::<i64>(0))
        });
        let ids: store::Result<Vec<i64>> = tokio::runtime::Runtime::new().unwrap().block_on(read);
        ids.unwrap().into_iter().collect()
    }

    /// What a command printed; `None`, with the reason, if it cannot be run here.
    fn run(command: &mut Command) -> Option<String> {
        match command.output() {
            Ok(Output { status, stdout, .. }) if status.success() => {
                Some(String::from_utf8(stdout).unwrap().trim().to_owned())
            }
            outcome => {
                println!("skipped: {command:?} is not possible here: {outcome:?}");
                None
            }
        }
    }

    /// A file that is a disk, mounted.
    struct Disk {
        device: String,
        folder: PathBuf,
    }

    impl Disk {
        fn mount(image: &Path, folder: &Path) -> Option<Self> {
            fs::create_dir(folder).unwrap();
            // What is synced goes straight to the file, and nothing else does.
            let mut losetup = Command::new("losetup");
            let device = run(losetup.args(["--direct-io=on", "--find", "--show"]).arg(image))?;
            let disk = Self { device, folder: folder.to_owned() };
            let mut mount = Command::new("mount");
            // The journal is not written by the clock.
            run(mount.args(["-t", "ext4", "-o", "commit=600"]).arg(&disk.device).arg(folder))?;
            Some(disk)
        }
    }

    impl Drop for Disk {
        fn drop(&mut self) {
            // What is not mounted cannot be unmounted; either way the device is given back.
            drop(Command::new("umount").arg(&self.folder).output());
            drop(Command::new("losetup").arg("--detach").arg(&self.device).output());
        }
    }

    /// This test once more, in a process of its own, as the one that writes.
    struct Writer {
        child: Child,
        acknowledged: Arc<Mutex<BTreeSet<i64>>>,
        listener: Option<thread::JoinHandle<()>>,
    }

    impl Writer {
        fn start(folder: &Path, care: &str) -> Self {
            let name = "power::what_was_acknowledged_is_there_when_the_power_comes_back";
            let mut child = Command::new(std::env::current_exe().unwrap())
                .args([name, "--exact", "--nocapture"])
                .env(FOLDER, folder)
                .env(CARE, care)
                .stdout(Stdio::piped())
                .spawn()
                .unwrap();
            let acknowledged = Arc::new(Mutex::new(BTreeSet::new()));
            let (lines, heard) = (child.stdout.take().unwrap(), Arc::clone(&acknowledged));
            let listener = thread::spawn(move || {
                for line in BufReader::new(lines).lines().map_while(Result::ok) {
                    let id =
                        line.strip_prefix("acknowledged ").and_then(|id| id.parse::<i64>().ok());
                    heard.lock().unwrap().extend(id);
                }
            });
            Self { child, acknowledged, listener: Some(listener) }
        }

        fn count(&self) -> usize {
            self.acknowledged.lock().unwrap().len()
        }

        /// Stops it where it is: it says and syncs nothing more.
        fn freeze(&self) {
            let pid = self.child.id().to_string();
            assert!(Command::new("kill").args(["-STOP", &pid]).status().unwrap().success());
            let tasks = format!("/proc/{pid}/task");
            until("every thread stands still", || {
                fs::read_dir(&tasks).unwrap().flatten().all(|task| {
                    let stat = fs::read_to_string(task.path().join("stat")).unwrap();
                    stat.rsplit(") ").next().is_some_and(|state| state.starts_with('T'))
                })
            });
        }

        /// Everything it acknowledged before it was stopped.
        fn kill(&mut self) -> BTreeSet<i64> {
            self.child.kill().unwrap();
            self.child.wait().unwrap();
            self.listener.take().unwrap().join().unwrap();
            std::mem::take(&mut self.acknowledged.lock().unwrap())
        }
    }

    impl Drop for Writer {
        fn drop(&mut self) {
            // It may have ended already.
            drop(self.child.kill());
            drop(self.child.wait());
        }
    }
}
