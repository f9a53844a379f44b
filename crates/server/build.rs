//! Collects the built web pages, so that they become part of the program. `web/` is built before
//! this by `make`; without it a page that says so takes their place.

use std::{env, fs, io, path::Path};

/// The pages there are, as folders of `web/`, and the file that each begins with.
const PAGES: [(&str, &str); 5] = [
    ("account", "index.html"),
    ("dashboard", "index.html"),
    ("docs", "index.html"),
    ("widget", "frame.html"),
    ("demo", "index.html"),
];

fn main() -> io::Result<()> {
    let var = |name| env::var_os(name).expect("cargo sets it for every build script");
    let root = Path::new(&var("CARGO_MANIFEST_DIR")).join("../../web");
    let into = Path::new(&var("OUT_DIR")).join("web");
    if into.exists() {
        fs::remove_dir_all(&into)?;
    }
    for (page, first) in PAGES {
        let (from, to) = (root.join(page).join("dist"), into.join(page));
        println!("cargo::rerun-if-changed={}", from.display());
        fs::create_dir_all(&to)?;
        if from.join(first).exists() {
            copy(&from, &to)?;
        } else {
            fs::write(to.join(first), missing(page))?;
        }
    }
    println!("cargo::rustc-env=SWITCHBOARD_WEB={}", into.display());
    Ok(())
}

fn missing(page: &str) -> String {
    format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Not built</title>\
         <p>This program was built without the {page} pages. Build it with <code>make build</code>. \
         The API document is at <a href=\"/openapi.json\">/openapi.json</a>."
    )
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            fs::create_dir_all(&target)?;
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
