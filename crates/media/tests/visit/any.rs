//! Text by chance, the same in every run: words that mean something here, and any characters.

const WORDS: [&str; 64] = [
    "https://",
    "http://",
    "?",
    "&",
    "#",
    "#/",
    "#!/",
    "/",
    "\\",
    "=",
    "%",
    "%40",
    "%2540",
    "%e2",
    "@",
    "a@b.c",
    ":",
    "[",
    "]",
    "::1",
    ".",
    "www.",
    "example.com",
    "utm_",
    "utm_source=",
    "q=",
    "0123456789abcdef",
    "+",
    ";",
    ",",
    "q=0.5",
    "*",
    "-",
    "_",
    "en",
    "Latn",
    "419",
    "x",
    "i",
    "é",
    "写",
    "👩",
    "\u{202e}",
    "\"",
    "<",
    " ",
    "\n",
    "Mozilla/5.0 ",
    "(",
    ")",
    "Android ",
    "10; K)",
    "iPhone OS ",
    "iPad",
    "Windows NT ",
    "Version/",
    "Chrome/",
    "Safari/",
    "FBAV/",
    "99999",
    "18_1",
    "Mobile",
    "bot",
    "Tablet",
];
const PARTS_MAX: u64 = 24;

pub(crate) struct Any(pub(crate) u64);

impl Any {
    pub(crate) fn text(&mut self) -> String {
        let mut text = String::new();
        for _ in 0..self.below(PARTS_MAX) {
            let word = self.below(80);
            match WORDS.get(usize::try_from(word).expect("it is small")) {
                Some(word) => text.push_str(word),
                None => text.push(self.char()),
            }
        }
        // Now and then one that is too long.
        if self.below(50) == 0 { text.repeat(100) } else { text }
    }

    fn char(&mut self) -> char {
        let code = u32::try_from(self.below(0x11_0000)).expect("it is small");
        char::from_u32(code).unwrap_or('.')
    }

    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
        (self.0 >> 33) % end
    }
}
