//! The XDM that programs fill in: examples and records are valid and come back as they went in, and what is wrong is refused with
//! its place and rule.

mod records;
mod wrong;

use aep_workflows::decode::compare::differences;
use aep_workflows::xdm::{Validators, address, schemas};

#[test]
fn every_example_is_valid_and_comes_back_as_it_went_in() {
    let validators = Validators::new().expect("the schemas are read");
    let mut examples = 0;
    for schema in schemas().expect("the schemas are read") {
        let address = address(&schema);
        for example in schema["examples"].as_array().expect("a schema has examples") {
            assert_eq!(validators.faults(address, example).expect("it is known"), [""; 0], "{address} {example}");
            let back = aep_xdm::round_trip(address, example).expect("it is known").expect("it decodes");
            assert_eq!(back.misfits, [""; 0], "{address} {example}");
            assert_eq!(differences(example, &back.value), [""; 0], "{address}");
            examples += 1;
        }
    }
    assert!(examples >= 80, "{examples} examples");
}
