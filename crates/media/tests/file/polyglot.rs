//! What each kind of file is taken for, and what is taken for nothing that a browser runs.

use media::file::{Shown, Sniffed, sniff};

use crate::fixture::{gif, jpeg, png, segment};

const BINARY: &str = "application/octet-stream";
const TEXT: &str = "text/plain; charset=utf-8";

#[test]
fn kinds_are_known_by_their_bytes() {
    for (bytes, content_type) in [
        (png(&[]), "image/png"),
        (jpeg(&[], &[]), "image/jpeg"),
        (gif(&[]), "image/gif"),
        (b"RIFF\x1a\0\0\0WEBPVP8L".to_vec(), "image/webp"),
        (b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf".to_vec(), "image/avif"),
        (b"\0\0\0\x1cftypmif1\0\0\0\0mif1avifmiaf".to_vec(), "image/avif"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n".to_vec(), "application/pdf"),
        (b"ID3\x04\0\0\0\0\0\0".to_vec(), "audio/mpeg"),
        (b"\xff\xfb\x90\x64\0\0".to_vec(), "audio/mpeg"),
        (b"OggS\0\x02\0\0".to_vec(), "audio/ogg"),
        (b"RIFF\x24\0\0\0WAVEfmt ".to_vec(), "audio/wav"),
        (b"\0\0\0\x1cftypM4A \0\0\0\0M4A mp42isom".to_vec(), "audio/mp4"),
        (b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom".to_vec(), "video/mp4"),
        (b"\0\0\0\x18ftypisom\0\0\0\0mp42isom".to_vec(), "video/mp4"),
        (b"\x1a\x45\xdf\xa3\x9f\x42\x82\x84webm\x86\x85V_VP9 A_OPUS".to_vec(), "video/webm"),
        (b"\x1a\x45\xdf\xa3\x9f\x42\x82\x84webm\x86\x85A_OPUS".to_vec(), "audio/webm"),
    ] {
        let found = sniff(&bytes, "a.html");
        assert_eq!(found, Sniffed { content_type, shown: Shown::Inline });
    }
    for (bytes, content_type) in [
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic".as_slice(), "image/heic"),
        (b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic", "image/heic"),
        (b"\0\0\0\x14ftypqt  \0\0\0\0qt  ", "video/quicktime"),
        (b"\0\0\0\x18ftyp3gp5\0\0\0\0isom", "video/3gpp"),
        (b"PK\x03\x04\x14\0", "application/zip"),
        (b"PK\x05\x06\0\0", "application/zip"),
        (b"", TEXT),
        ("plain words, naïve".as_bytes(), TEXT),
        (b"a\0b", BINARY),
        (b"\xff\xfeh\0i\0", BINARY),
        (b"\xe9t\xe9", BINARY),
        (b"\0\0\0\x18ftypzzzz\0\0\0\0zzzz", BINARY),
        (b"\x1a\x45\xdf\xa3\x42\x82\x88matroska", BINARY),
        (b"RIFF\x24\0\0\0AVI LIST", BINARY),
        (b"MZ\x90\0\x03", BINARY),
        (b"\x7fELF\x02\x01\x01\0", BINARY),
        (b"\xff\xf7\x90\x64", BINARY),
    ] {
        let found = sniff(bytes, "photo.png");
        assert_eq!(found, Sniffed { content_type, shown: Shown::Download }, "{bytes:?}");
    }
}

#[test]
fn a_name_tells_apart_only_what_looks_alike() {
    let office = "application/vnd.openxmlformats-officedocument.";
    let of = |bytes: &[u8], name| sniff(bytes, name).content_type;
    assert_eq!(of(b"PK\x03\x04", "a.DOCX"), format!("{office}wordprocessingml.document"));
    assert_eq!(of(b"PK\x03\x04", "a.xlsx"), format!("{office}spreadsheetml.sheet"));
    assert_eq!(of(b"PK\x03\x04", "a.pptx"), format!("{office}presentationml.presentation"));
    assert_eq!(of(b"PK\x03\x04", "a.jar"), "application/zip");
    assert_eq!(of(b"a,b\n1,2\n", "a.csv"), "text/csv; charset=utf-8");
    assert_eq!(of(b"a,b\n<script>1</script>,2\n", "a.csv"), TEXT);
    assert_eq!(of(b"no archive", "a.docx"), TEXT);
}

#[test]
fn what_a_browser_runs_is_never_shown() {
    let script = b"<script>alert(document.domain)</script>".as_slice();
    let comment = [b"\x21\xfe\x27".as_slice(), script, b"\0"].concat();
    let corpus: Vec<Vec<u8>> = vec![
        b"<!DOCTYPE html><html><body onload=alert(1)>".to_vec(),
        b"  \n<HTML><SCRIPT>alert(1)</SCRIPT>".to_vec(),
        b"\xef\xbb\xbf<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>".to_vec(),
        b"<?xml version=\"1.0\"?><?xml-stylesheet href=\"javascript:alert(1)\"?><a/>".to_vec(),
        b"<?php system($_GET['c']); ?>".to_vec(),
        b"alert(1)".to_vec(),
        b"#!/bin/sh\nrm -rf ~\n".to_vec(),
        b"<a href=javascript:alert(1)>x</a>".to_vec(),
        b"javascript:alert(1)".to_vec(),
        // A picture that is a page, at its end and within.
        [gif(&[]).as_slice(), script].concat(),
        gif(&comment),
        b"GIF89a/*<svg/onload=alert(1)>*/=1;".to_vec(),
        b"GIF89a<ScRiPt\nsrc=//evil.example>".to_vec(),
        jpeg(&segment(0xfe, script), &[]),
        [jpeg(&[], &[]).as_slice(), b"<html><iframe src=//evil.example>"].concat(),
        [png(&[]).as_slice(), b"<?php phpinfo();"].concat(),
        [b"RIFF\x1a\0\0\0WEBP".as_slice(), script].concat(),
        // A page that is a PDF, and a PDF that is a page.
        b"<html><script>alert(1)</script>%PDF-1.4".to_vec(),
        b"\n%PDF-1.4".to_vec(),
        b"%PDF-1.4\n<script>alert(1)</script>".to_vec(),
        b"%PDF-1.4\n<!DOCTYPE html>".to_vec(),
        b"ID3\x03\0\0\0\0\0\0<svg/onload=alert(1)>".to_vec(),
        [b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom".as_slice(), script].concat(),
        [b"PK\x03\x04".as_slice(), script].concat(),
        b"%!PS-Adobe-3.0\n".to_vec(),
        b"{\\rtf1}".to_vec(),
        b"FWS\x09\0\0".to_vec(),
    ];
    for bytes in corpus {
        for name in ["", "a.png", "a.svg", "a.html", "a.js", "a.csv", "a.pdf", "a.docx"] {
            let found = sniff(&bytes, name);
            let text = String::from_utf8_lossy(&bytes);
            assert_eq!(found.shown, Shown::Download, "{name}: {text}");
            let is_inert = ["text/plain", "text/csv", BINARY, "application/zip"]
                .iter()
                .any(|inert| found.content_type.starts_with(inert));
            let is_office = bytes.starts_with(b"PK") && name == "a.docx";
            assert!(is_inert || is_office, "{name}: {} {text}", found.content_type);
        }
    }
}

#[test]
fn a_small_sign_is_no_tag() {
    for harmless in [b"%PDF-1.4 a < b <scripture> <bodyguard> <svgs <".as_slice(), b"%PDF-1.4 <</"]
    {
        assert_eq!(sniff(harmless, "").shown, Shown::Inline);
    }
}
