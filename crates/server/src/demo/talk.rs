//! What visitors and operators of the examples say, in five languages.

/// Somebody's line: `v` is the visitor's, `o` an operator's, `n` a note.
pub(super) type Line = (char, &'static str);

/// One talk, the tags that it got, and its lines in order.
pub(super) struct Talk {
    pub(super) tags: &'static [&'static str],
    pub(super) lines: &'static [Line],
}

pub(super) const TALKS: [Talk; 15] = [
    Talk {
        tags: &["vip"],
        lines: &[
            ('v', "こんにちは。湯呑みの在庫はありますか。"),
            ('o', "こんにちは。はい、十二個ございます。日本への送料は無料です。"),
            ('v', "では六個お願いします。"),
        ],
    },
    Talk { tags: &[], lines: &[('v', "金継ぎの教室は予約が必要ですか。")] },
    Talk {
        tags: &["shipping"],
        lines: &[
            ('v', "Hi! My order 20418 was to come on Tuesday. Is it lost?"),
            ('o', "Hello! Let me look … it left us on Monday and sits in Leipzig since."),
            ('n', "The carrier has a strike until Thursday."),
            ('o', "The carrier is behind by two days. It should be with you on Friday."),
            ('v', "That is fine, thank you for looking so quickly."),
        ],
    },
    Talk {
        tags: &["wholesale"],
        lines: &[
            ('v', "We run three cafés and need 60 mugs. Do you have prices for that?"),
            ('o', "We do: from 48 pieces on it is 30 % off. Which glaze do you like?"),
            ('v', "The ochre one, and could our name be on the bottom?"),
        ],
    },
    Talk {
        tags: &[],
        lines: &[
            ('v', "Can the plates go into the dishwasher?"),
            ('o', "All of them can, and into the oven up to 220 °C."),
            ('v', "Perfect 👍"),
        ],
    },
    Talk {
        tags: &["refund"],
        lines: &[
            ('v', "The bowl came with a crack. I would like my money back."),
            ('o', "I am sorry! Would a new one help, or shall I send the money back at once?"),
            ('v', "The money, please. I bought another as a gift meanwhile."),
            ('o', "It is on its way: two to three days, depending on your bank."),
        ],
    },
    Talk {
        tags: &["vip"],
        lines: &[
            ('v', "Is there a place left in the wheel course on the 14th?"),
            ('n', "Two places left; she came to three courses already."),
            ('o', "There is, and we keep it for you until tomorrow evening."),
        ],
    },
    Talk {
        tags: &["shipping"],
        lines: &[
            ('v', "Guten Tag, liefern Sie auch in die Schweiz?"),
            ('o', "Guten Tag! Ja, in vier Tagen. Der Zoll ist im Preis schon dabei."),
            ('v', "Wunderbar, dann bestelle ich heute Abend."),
        ],
    },
    Talk {
        tags: &["invoice"],
        lines: &[
            ('v', "Könnten Sie mir die Rechnung noch einmal schicken, bitte mit USt-IdNr.?"),
            ('o', "Natürlich. Wie lautet die Nummer?"),
            ('v', "DE 811 907 980"),
            ('o', "Danke, die Rechnung ist unterwegs."),
        ],
    },
    Talk { tags: &[], lines: &[('v', "Haben Sie die blaue Glasur auch für große Schüsseln?")] },
    Talk {
        tags: &["shipping"],
        lines: &[
            ('v', "Bonjour, ma commande 20391 n’est pas arrivée."),
            ('o', "Bonjour ! Elle est au point relais depuis hier, rue des Lilas."),
            ('v', "Ah, je n’avais pas vu le message. Merci !"),
        ],
    },
    Talk {
        tags: &["wholesale"],
        lines: &[
            ('v', "Nous ouvrons un restaurant à Lyon. Peut-on venir voir l’atelier ?"),
            ('o', "Avec plaisir, le jeudi après-midi par exemple. Combien serez-vous ?"),
        ],
    },
    Talk {
        tags: &["refund"],
        lines: &[
            ('v', "Une tasse s’est cassée dans le colis… que faire ?"),
            ('o', "Une photo suffit, et nous en renvoyons une demain."),
            ('v', "Voilà, je vous l’envoie par courriel."),
        ],
    },
    Talk {
        tags: &[],
        lines: &[
            ('v', "Hola, ¿hacéis jarrones a medida?"),
            ('o', "¡Hola! Sí, en unas tres semanas. ¿Qué altura necesitas?"),
            ('v', "Unos 40 cm, en blanco."),
        ],
    },
    Talk {
        tags: &["invoice"],
        lines: &[
            ('v', "Me han cobrado dos veces el pedido 20377."),
            ('n', "El banco confirma: un cobro está pendiente y se anulará solo."),
            ('o', "Lo hemos mirado: uno de los dos se anula solo en 48 horas."),
            ('v', "Gracias, qué rapidez."),
        ],
    },
];

/// What nobody asked for.
pub(super) const SPAM: [&str; 3] = [
    "Dear sir, rank your website FIRST on all engines, reply now for the offer!!!",
    "You have won 1 000 000. Send your bank details to receive it today.",
    "Cheap followers, best price, no questions. Visit our page.",
];
