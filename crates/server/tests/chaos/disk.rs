//! A disk that is full, and has room again.

use std::{fs::File, io::Write as _, path::PathBuf, process::Command, sync::Mutex};

use crate::{
    chance::{setting, stopwatch, until},
    client::{Answer, Line, ask},
    ledger::{Ledger, contacts},
    program::{Home, Program},
};

/// A file system in memory, of a few megabytes.
struct SmallDisk {
    folder: tempfile::TempDir,
}

impl SmallDisk {
    /// `None`, with the reason, where tests may not mount.
    fn mount() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let mount = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=12m", "tmpfs"])
            .arg(folder.path())
            .output();
        match mount {
            Ok(output) if output.status.success() => Some(Self { folder }),
            outcome => {
                let is_root =
                    Command::new("id").arg("-u").output().is_ok_and(|id| id.stdout == b"0\n");
                let must_run = is_root && setting("CI").is_some();
                assert!(!must_run, "the small disk cannot be mounted: {outcome:?}");
                println!("skipped: mounting is not permitted here ({outcome:?})");
                None
            }
        }
    }

    fn filler(&self) -> PathBuf {
        self.folder.path().join("filler")
    }

    /// Takes every byte that is left.
    fn fill(&self) {
        let mut file = File::create(self.filler()).unwrap();
        for size in [1 << 16, 1 << 12, 1] {
            while file.write_all(&vec![b'x'; size]).is_ok() {}
        }
    }

    fn make_room(&self) {
        std::fs::remove_file(self.filler()).unwrap();
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // A test that failed may leave it busy: then it goes with the last who uses it.
        drop(Command::new("umount").arg("--lazy").arg(self.folder.path()).status());
    }
}

fn create(program: &Program, key: &str, number: usize) -> (String, Answer) {
    let email = format!("disk{number}@example.com");
    let long = "x".repeat(2000);
    let body =
        format!("{{\"email\": \"{email}\", \"custom_attributes\": {{\"note\": \"{long}\"}}}}");
    let answer = Line::open(program.address)
        .and_then(|mut line| line.ask("POST /v1/contacts", key, "", body.as_bytes()))
        .unwrap();
    (email, answer)
}

/// Notes what a create was answered with. Says whether it was refused for want of room.
fn is_refused(ledger: &mut Ledger, email: String, answer: &Answer) -> bool {
    match answer.status {
        201 => {
            ledger.acknowledged.insert(email, answer.id());
            false
        }
        503 => {
            assert!(answer.headers.contains_key("retry-after"), "{answer:?}");
            true
        }
        status => panic!("{status}: {}", String::from_utf8_lossy(&answer.body)),
    }
}

#[test]
fn on_a_full_disk_writes_are_refused_reads_go_on_and_room_is_all_it_needs() {
    let Some(disk) = SmallDisk::mount() else { return };
    let home = Home::on(disk.folder.path().join("data"));
    let program = home.start();
    let key = home.key();
    let ledger = Mutex::new(Ledger::default());
    let mut number = 0;
    let mut next = || {
        number += 1;
        let (email, answer) = create(&program, &key, number);
        is_refused(&mut ledger.lock().unwrap(), email, &answer)
    };
    for _ in 0..20 {
        assert!(!next());
    }
    for round in 0..3 {
        disk.fill();
        until("writes are refused", || next().then_some(()));
        for _ in 0..50 {
            assert_eq!(ask(program.address, "GET /readyz", "", "").status, 200);
            let first = ledger.lock().unwrap().acknowledged.values().next().unwrap().clone();
            let read = ask(program.address, &format!("GET /v1/contacts/{first}"), &key, "");
            assert_eq!(read.status, 200, "{}", String::from_utf8_lossy(&read.body));
            next();
        }
        ledger.lock().unwrap().must_hold(program.address, &key);
        disk.make_room();
        let freed = stopwatch();
        until("writes succeed again", || (!next()).then_some(()));
        println!(
            "round {round}: writes again {} ms after there was room",
            freed.elapsed().as_millis()
        );
    }
    ledger.lock().unwrap().must_hold(program.address, &key);
    assert!(20 < contacts(program.address, &key).len());
    program.stop();
    home.must_be_clean();
}
