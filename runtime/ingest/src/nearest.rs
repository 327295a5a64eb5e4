//! The name that somebody probably meant.

/// So alike two names have to be, from 0 to 1, before one is offered for the other.
const ALIKE: f64 = 0.5;

/// The known name that is most like the one given.
pub(crate) fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let name = name.to_lowercase();
    known
        .into_iter()
        .map(|known| {
            let alike = strsim::normalized_damerau_levenshtein(&name, &known.to_lowercase());
            (alike, known)
        })
        .filter(|(alike, _)| *alike >= ALIKE)
        .max_by(|one, other| one.0.total_cmp(&other.0))
        .map(|(_, known)| known)
}

/// ` (did you mean "Name"?)`, or nothing.
pub(crate) fn did_you_mean<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    nearest(name, known).map_or_else(String::new, |known| format!(" (did you mean \"{known}\"?)"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_find_their_name_and_strangers_find_none() {
        let known = ["Id", "Name", "Email", "LastModifiedDate"];
        assert_eq!(nearest("Nmae", known), Some("Name"));
        assert_eq!(nearest("email", known), Some("Email"));
        assert_eq!(nearest("LastModified", known), Some("LastModifiedDate"));
        assert_eq!(nearest("Quantity", known), None);
        assert_eq!(did_you_mean("Nmae", known), " (did you mean \"Name\"?)");
        assert_eq!(did_you_mean("Nmae", []), "");
    }
}
