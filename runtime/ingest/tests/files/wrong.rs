//! Wrong files: each is refused with the place, the member and what to do.

use std::collections::BTreeMap;

use aep_ingest::{FileProblems, PipelineFile};
use proptest::prelude::*;

use crate::table::{FILES, ROWS, STREAM, TABLE};

pub(crate) fn told(text: &str) -> Result<usize, aep_core::Error> {
    let file = PipelineFile::parse("f.yaml", text)?.variables([("BASE", "b-1"), ("SECRET", "not-a-secret")]);
    Ok(file.pipelines()?.len())
}

#[test]
fn what_the_table_changes_is_right() {
    for text in [TABLE, FILES, STREAM] {
        assert_eq!(told(text).expect("it is right"), 1);
    }
}

#[test]
fn each_is_refused_with_place_member_and_hint() {
    assert!(ROWS.len() >= 60, "{}", ROWS.len());
    let mut seen = BTreeMap::new();
    for (base, from, to, expected) in ROWS {
        assert!(base.contains(from), "{from}");
        let text = base.replacen(from, to, 1);
        let error = told(&text).expect_err(to);
        assert_eq!(error.to_string(), format!("pipeline f.yaml:{expected}"), "{text}");
        assert!(!error.to_string().contains("hunter2"), "a secret is shown");
        let cause = std::error::Error::source(&error).and_then(|cause| cause.downcast_ref::<FileProblems>());
        let problems = &cause.expect("the list of problems").problems;
        let lines = text.lines().count() as u64;
        assert!(problems.iter().all(|problem| problem.line >= 1 && problem.line <= lines && problem.column >= 1));
        *seen.entry(*expected).or_insert(0) += 1;
    }
    // A row that tells what another one tells shows little.
    assert!(seen.values().all(|times| *times <= 3), "{seen:?}");
}

#[test]
fn all_that_is_wrong_is_told_at_once() {
    let text =
        TABLE.replace("15 minutes", "5 minutes").replace("Id: _id", "Id: a/b").replace("demographic-details", "demo");
    let text = format!("{text}---\n{}", TABLE.replace("table: Contact", "folder: x"));
    let error = told(&text).unwrap_err();
    assert_eq!(
        error.to_string(),
        "pipeline f.yaml:8:19: fieldGroups: \"demo\" is no short name that is known here, and no id; \
         f.yaml:12:3: map: the path \"a/b\" has slashes; levels are separated by dots; \
         f.yaml:15:20: schedule: every 5 minutes is below the platform's minimum of 15 for frequency \"minute\"; \
         f.yaml:19:3: source: Salesforce needs table: NAME; \
         f.yaml:21:11: folder: Salesforce takes no such member, but table, columns"
    );
}

#[test]
fn documents_are_read_each_for_itself() {
    let text = format!("# two\n---\n{}---\n{}", TABLE.replace("pipeline:", "pipelin:"), TABLE.replace("map:", "mpa:"));
    let error = told(&text).unwrap_err().to_string();
    assert!(error.starts_with("pipeline f.yaml:3:1: pipelin: there is no member"), "{error}");
    assert!(error.contains("; f.yaml:29:1: mpa: there is no member \"mpa\" here (did you mean \"map\"?)"), "{error}");
    assert_eq!(told(&format!("---\n{TABLE}---\n{FILES}...\n---\n# nothing\n")).expect("it is right"), 2);
    let list = [TABLE, FILES].map(|text| format!("- {}\n", text.trim_end().replace('\n', "\n  ")));
    assert_eq!(told(&format!("pipelines:\n{}", list.concat())).expect("it is right"), 2);
    let wrong = list.concat().replace("table: Contact", "tabel: Contact");
    let error = told(&format!("pipelines:\n{wrong}")).unwrap_err().to_string();
    assert!(
        error.starts_with("pipeline f.yaml:6:5: pipelines.0.source.tabel: there is no member \"tabel\" here"),
        "{error}"
    );
}

#[test]
fn secrets_are_shown_nowhere() {
    let text = FILES.replace("ACMEKEY", "hunter2");
    let file = PipelineFile::parse("f.yaml", &text).unwrap().variables([("SECRET", "not-a-secret")]);
    let shown = format!("{file:?} {:?} {:?}", file.builders().unwrap(), file.pipelines().unwrap());
    assert!(!shown.contains("hunter2") && !shown.contains("not-a-secret"), "{shown}");
}

#[test]
fn what_is_larger_than_any_pipeline_is_refused() {
    let nested = format!("{TABLE}description: {}", "[".repeat(5_000));
    let many = format!("{TABLE}x: [{}]", "1,".repeat(100_000));
    let laughs = (1..30).fold("a0: &a0 [x, x]\n".to_owned(), |text, n| {
        let of = format!("*a{}", n - 1);
        text + &format!("a{n}: &a{n} [{of}, {of}, {of}, {of}, {of}]\n")
    });
    for text in [nested, many, laughs] {
        let error = told(&text).unwrap_err().to_string();
        assert!(error.chars().count() < 600, "{error}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn arbitrary_text_does_no_harm(text in "\\PC{0,200}") {
        let _ = told(&text);
    }

    #[test]
    fn odd_values_do_no_harm(at in 0_usize..3, line in 0_usize..20, value in "[\\PC\n${}\\[\\]&*!|>'\"-]{0,30}") {
        let text = [TABLE, FILES, STREAM][at];
        let lines: Vec<_> = text.lines().enumerate().map(|(index, old)| {
            let key = old.split_once(':').map_or("", |(key, _)| key);
            if index == line { format!("{key}: {value}") } else { old.to_owned() }
        }).collect();
        let _ = told(&lines.join("\n"));
    }

    #[test]
    fn parts_of_files_do_no_harm(at in 0_usize..3, from in 0_usize..400, length in 0_usize..60) {
        let text: Vec<char> = [TABLE, FILES, STREAM][at].chars().collect();
        let cut = text.iter().enumerate().filter(|(index, _)| !(from..from + length).contains(index)).map(|(_, c)| *c);
        let _ = told(&cut.collect::<String>());
    }
}
