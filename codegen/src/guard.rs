//! A stage that may recurse deeply, or panic, on somebody else's document.

use std::any::Any;
use std::panic::{self, AssertUnwindSafe};
use std::thread;

/// Documents nest hundreds of levels deep, and passes, generators and formatters recurse over them. The system gives the memory
/// when it is touched.
const STACK: usize = 256 << 20;

/// Runs `f` with a large stack.
///
/// # Errors
/// The text of the panic that ended it.
pub(crate) fn run<T: Send>(f: impl FnOnce() -> T + Send) -> Result<T, String> {
    thread::scope(|scope| {
        let worker = thread::Builder::new().stack_size(STACK).spawn_scoped(scope, f);
        worker.map_err(|error| format!("no thread: {error}"))?.join().map_err(|panic| panic_text(panic.as_ref()))
    })
}

/// Runs `f` on the stack that there is.
///
/// # Errors
/// The text of the panic that ended it.
pub(crate) fn catch<T>(f: impl FnOnce() -> T) -> Result<T, String> {
    // What a panic leaves half done is `f`'s own, and gone with it.
    panic::catch_unwind(AssertUnwindSafe(f)).map_err(|panic| panic_text(panic.as_ref()))
}

fn panic_text(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    format!("panicked: {}", text.unwrap_or("for a reason that it does not tell"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_an_error_with_its_text() {
        assert_eq!(run(|| 1), Ok(1));
        assert_eq!(catch(|| -> u8 { panic!("a {}", "reason") }), Err("panicked: a reason".to_owned()));
        assert_eq!(run(|| -> u8 { panic!("a {}", "reason") }), Err("panicked: a reason".to_owned()));
    }
}
