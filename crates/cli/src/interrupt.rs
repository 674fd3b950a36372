//! Ctrl-C: the first asks for an orderly end, the second ends at once.

use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

static PRESSED: AtomicUsize = AtomicUsize::new(0);

/// Begins to listen. Where the system does not allow it, Ctrl-C ends the program as it always does.
pub fn listen() {
    let _ = ctrlc::set_handler(|| {
        if PRESSED.fetch_add(1, SeqCst) > 0 {
            std::process::exit(130);
        }
    });
}

/// Whether Ctrl-C was pressed.
pub fn pressed() -> bool {
    PRESSED.load(SeqCst) > 0
}
