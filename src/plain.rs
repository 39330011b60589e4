//! Text as it is compared: in small letters, without accents and signs.

/// A small letter without its accent, for the languages of western Europe.
pub fn letter(letter: char) -> char {
    match letter {
        'à'..='å' | 'ā' | 'ă' => 'a',
        'ḃ' => 'b',
        'ç' | 'ć' | 'č' | 'ċ' => 'c',
        'ḋ' | 'ď' => 'd',
        'è'..='ë' | 'ē' | 'ě' => 'e',
        'ḟ' => 'f',
        'ġ' => 'g',
        'ì'..='ï' | 'ī' => 'i',
        'ṁ' => 'm',
        'ñ' | 'ń' | 'ň' => 'n',
        'ò'..='ö' | 'ø' | 'ō' | 'ő' => 'o',
        'ṗ' => 'p',
        'ś' | 'š' | 'ṡ' => 's',
        'ṫ' => 't',
        'ù'..='ü' | 'ū' | 'ű' => 'u',
        'ý' | 'ÿ' => 'y',
        'ź' | 'ž' | 'ż' => 'z',
        '’' => '\'',
        other => other,
    }
}

/// The words of a text, each with a space before it; apostrophes are taken out, other signs part words.
/// `Paddy’s Réel in F#` becomes ` paddys reel in f#`.
pub fn words(text: &str) -> String {
    let mut words = String::with_capacity(text.len() + 1);
    let mut inside = false;
    for character in text.chars().flat_map(char::to_lowercase).map(letter) {
        if character == '\'' {
            continue;
        }
        let part = character.is_alphanumeric() || character == '#';
        if part && !inside {
            words.push(' ');
        }
        if part {
            words.push(character);
        }
        inside = part;
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_plain() {
        assert_eq!(words("Paddy’s Réel (in F#)"), " paddys reel in f#");
        assert_eq!(words("  An tSean-Bhean Ḃoċt "), " an tsean bhean boct");
        assert_eq!(words("…"), "");
    }
}
