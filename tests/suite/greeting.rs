//! How a recipient is addressed.

use fairwarning::notice::greet;

#[test]
fn a_name_is_taken_into_the_offices_form_of_address() {
    assert_eq!(greet("Hello,", Some("Ada")), "Hello Ada,");
    assert_eq!(
        greet("Dear integrator:", Some("Shop Developers")),
        "Dear integrator Shop Developers:"
    );
    assert_eq!(greet("Hi", Some("Ada")), "Hi Ada");
}

#[test]
fn without_a_name_the_form_stands_alone() {
    assert_eq!(greet("Hello,", None), "Hello,");
}
