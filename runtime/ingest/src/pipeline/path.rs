//! Paths of fields in an XDM schema, and names of columns as Data Prep reads them.

/// Longest expression that Data Prep takes.
const LONGEST_EXPRESSION: usize = 4096;

/// One level of the path of a target field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Level {
    /// The name of the field.
    pub(crate) name: String,
    /// How it is written: with backslashes and indices.
    pub(crate) written: String,
    /// How many indices follow the name.
    pub(crate) indices: usize,
}

/// The levels of a path that [`check`] has passed. A dot after a backslash belongs to a name.
pub(crate) fn levels(path: &str) -> Vec<Level> {
    // No field name has this character.
    let guarded = path.replace("\\.", "\0");
    let levels = guarded.split('.').map(|level| {
        let name = level.split('[').next().unwrap_or(level).replace('\0', ".");
        Level { name, written: level.replace('\0', "\\."), indices: level.matches('[').count() }
    });
    levels.collect()
}

/// Says what is wrong with the path of a target field, such as `person.name.fullName` or `_acme.orders[0].id`.
pub(crate) fn check(path: &str) -> Result<(), String> {
    if path.is_empty() {
        return Err("a target path is empty".to_owned());
    }
    if path.contains('/') {
        return Err(format!("the path \"{path}\" has slashes; levels are separated by dots"));
    }
    if let Some((prefix, _)) = path.split_once(':') {
        return Err(format!("the path \"{path}\" has the prefix \"{prefix}:\", which fields do not carry"));
    }
    // A dot after a backslash belongs to the name.
    let plain = path.replace("\\.", "_");
    for level in plain.split('.') {
        let (name, indices) = level.split_at(level.find('[').unwrap_or(level.len()));
        if name.is_empty() {
            return Err(format!("the path \"{path}\" has a level without a name"));
        }
        if let Some(odd) = name.chars().find(|c| !(c.is_alphanumeric() || matches!(c, '_' | '-' | '@' | '$'))) {
            return Err(format!("the path \"{path}\" has the character {odd:?}, which no field name has"));
        }
        check_indices(indices).map_err(|()| {
            format!("the path \"{path}\" has an index that is neither a number nor * in square brackets")
        })?;
    }
    Ok(())
}

/// `[0]`, `[*]`, several of them, or nothing.
fn check_indices(indices: &str) -> Result<(), ()> {
    let mut rest = indices;
    while !rest.is_empty() {
        let (index, after) = rest.strip_prefix('[').and_then(|rest| rest.split_once(']')).ok_or(())?;
        if index != "*" && (index.is_empty() || !index.bytes().all(|byte| byte.is_ascii_digit())) {
            return Err(());
        }
        rest = after;
    }
    Ok(())
}

/// Says what is wrong with an expression, as far as that shows without the platform.
pub(crate) fn check_expression(expression: &str) -> Result<(), String> {
    let length = expression.chars().count();
    if expression.trim().is_empty() {
        Err("an expression is empty".to_owned())
    } else if length > LONGEST_EXPRESSION {
        Err(format!("an expression has {length} characters, the platform takes {LONGEST_EXPRESSION}"))
    } else {
        Ok(())
    }
}

/// The path as a descriptor writes it: `/personalEmail/address`.
pub(crate) fn descriptor_property(path: &str) -> String {
    levels(path).iter().fold(String::new(), |pointer, level| pointer + "/" + &level.name)
}

/// Whether writing `written` fills `path`: it is the same field, or one around it.
pub(crate) fn fills(written: &str, path: &str) -> bool {
    path.strip_prefix(written).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

/// A column's name as the source of a mapping: dots escaped, other unusual characters in `${…}`.
pub(crate) fn column_source(name: &str) -> String {
    let usual = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '@' | '$');
    if name.chars().all(usual) {
        name.to_owned()
    } else if name.chars().all(|c| usual(c) || c == '.') {
        name.replace('.', "\\.")
    } else {
        format!("${{{name}}}")
    }
}

/// The names that an expression mentions outside of its text constants.
pub(crate) fn mentioned(expression: &str) -> Vec<&str> {
    let mut names = Vec::new();
    let mut quote = None;
    let mut start = None;
    for (at, c) in expression.char_indices().chain([(expression.len(), ' ')]) {
        let part_of_name = quote.is_none() && (c.is_alphanumeric() || matches!(c, '_' | '$'));
        match (start, part_of_name) {
            (None, true) => start = Some(at),
            (Some(from), false) => {
                names.push(&expression[from..at]);
                start = None;
            }
            _ => {}
        }
        match quote {
            None if c == '"' || c == '\'' => quote = Some(c),
            Some(open) if c == open => quote = None,
            _ => {}
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usual_paths_pass() {
        for path in [
            "_id",
            "person.name.fullName",
            "_repo.createDate",
            "_acme.orders[0].id",
            "a[*].b",
            "street\\.name",
            "identityMap.Email[0].id",
        ] {
            assert_eq!(check(path), Ok(()), "{path}");
        }
    }

    #[test]
    fn broken_paths_are_told_why() {
        for (path, why) in [
            ("", "empty"),
            ("/person/name", "slashes"),
            ("xdm:person.name", "prefix \"xdm:\""),
            ("person..name", "level without a name"),
            (".person", "level without a name"),
            ("person.", "level without a name"),
            ("person.full name", "character ' '"),
            ("a[x]", "index"),
            ("a[0", "index"),
            ("a[]", "index"),
            ("a[0]b", "index"),
        ] {
            let error = check(path).unwrap_err();
            assert!(error.contains(why), "{path}: {error}");
        }
    }

    #[test]
    fn paths_are_cut_at_their_dots() {
        let level =
            |name: &str, written: &str, indices| Level { name: name.to_owned(), written: written.to_owned(), indices };
        assert_eq!(
            levels("a\\.b.orders[0][*].id"),
            [level("a.b", "a\\.b", 0), level("orders", "orders[0][*]", 2), level("id", "id", 0)]
        );
    }

    #[test]
    fn descriptors_and_sources_have_their_own_spelling() {
        assert_eq!(descriptor_property("personalEmail.address"), "/personalEmail/address");
        assert_eq!(descriptor_property("a[0].b"), "/a/b");
        assert_eq!(column_source("Email"), "Email");
        assert_eq!(column_source("Account.Name"), "Account\\.Name");
        assert_eq!(column_source("First Name"), "${First Name}");
    }

    #[test]
    fn a_field_is_filled_by_itself_and_by_what_is_around_it() {
        assert!(fills("personalEmail.address", "personalEmail.address"));
        assert!(fills("personalEmail", "personalEmail.address"));
        assert!(!fills("personal", "personalEmail.address"));
        assert!(!fills("personalEmail.address.x", "personalEmail.address"));
    }

    #[test]
    fn names_in_expressions_are_found() {
        assert_eq!(mentioned("concat(First, \" Last \", 'a', Last)"), ["concat", "First", "Last"]);
        assert_eq!(mentioned("Email"), ["Email"]);
        assert!(mentioned("\"Email\"").is_empty());
    }

    #[test]
    fn expressions_have_a_length() {
        assert!(check_expression(" ").is_err());
        assert!(check_expression(&"x".repeat(4096)).is_ok());
        assert!(check_expression(&"x".repeat(4097)).unwrap_err().contains("4097"));
    }
}
