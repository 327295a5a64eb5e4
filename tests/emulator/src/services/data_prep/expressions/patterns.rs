//! Formats of dates: the letters of Java in those of `strftime`.

/// A format for `strftime`. The letter `X` writes UTC as `Z` and other zones by numbers, which one directive cannot: `zone`
/// is put in its place, or the directive for numbers.
pub(super) fn translated(format: &str, zone: Option<&'static str>) -> Result<String, String> {
    let mut pattern = String::new();
    let characters: Vec<char> = format.chars().collect();
    let mut place = 0;
    while let Some(&letter) = characters.get(place) {
        if letter == '\'' {
            place = quoted(&characters, place + 1, &mut pattern)
                .ok_or_else(|| format!("the format {format} does not close a quote"))?;
            continue;
        }
        if !letter.is_ascii_alphabetic() {
            push(&mut pattern, letter);
            place += 1;
            continue;
        }
        let count = characters[place..].iter().take_while(|other| **other == letter).count();
        place += count;
        let directive = match (letter, count) {
            ('y', 2) => "%y",
            ('y', _) => "%Y",
            ('M' | 'L', 1) => "%-m",
            ('M' | 'L', 2) => "%m",
            ('M' | 'L', 3) => "%b",
            ('M' | 'L', 4) => "%B",
            ('d', 1) => "%-d",
            ('d', 2) => "%d",
            ('D', 3) => "%j",
            ('E', 1..=3) => "%a",
            ('E', 4) => "%A",
            ('u', 1) => "%u",
            ('a', 1) => "%p",
            ('H', 1) => "%-H",
            ('H', 2) => "%H",
            ('h', 1) => "%-I",
            ('h', 2) => "%I",
            ('m', 1) => "%-M",
            ('m', 2) => "%M",
            ('s', 1) => "%-S",
            ('s', 2) => "%S",
            ('S', 1) => "%1f",
            ('S', 2) => "%2f",
            ('S', 3) => "%3f",
            ('Z', 1..=3) => "%z",
            ('X', 1) => zone.unwrap_or("%:::z"),
            ('X', 2) => zone.unwrap_or("%z"),
            ('X', 3) => zone.unwrap_or("%:z"),
            _ => {
                let letters = letter.to_string().repeat(count.min(8));
                return Err(format!(
                    "{letters} in the format {format} is not supported; y, M, d, D, E, u, a, H, h, m, s, S, Z and X are"
                ));
            }
        };
        pattern.push_str(directive);
    }
    Ok(pattern)
}

/// Takes over what stands in quotes; two quotes are one. Gives the place after it.
fn quoted(characters: &[char], mut place: usize, pattern: &mut String) -> Option<usize> {
    if characters.get(place) == Some(&'\'') {
        pattern.push('\'');
        return Some(place + 1);
    }
    loop {
        match characters.get(place)? {
            '\'' if characters.get(place + 1) == Some(&'\'') => {
                pattern.push('\'');
                place += 1;
            }
            '\'' => return Some(place + 1),
            character => push(pattern, *character),
        }
        place += 1;
    }
}

fn push(pattern: &mut String, character: char) {
    if character == '%' {
        pattern.push('%');
    }
    pattern.push(character);
}
