//! Numbers below 1e-38 slow the processor a hundredfold and mean nothing to a network: they count as zero in kernels.

/// Runs `f` with denormal numbers read and written as zero on this thread, and puts back what was set before.
pub fn flushed<R>(f: impl FnOnce() -> R) -> R {
    struct Restore(u32);
    impl Drop for Restore {
        fn drop(&mut self) {
            set(self.0);
        }
    }
    let before = get();
    if before & FLUSH == FLUSH {
        return f();
    }
    let _restore = Restore(before);
    set(before | FLUSH);
    f()
}

/// Flush to zero, and denormals are zero.
#[cfg(all(target_arch = "x86_64", not(real64)))]
const FLUSH: u32 = 0x8040;
/// Nothing to set.
#[cfg(not(all(target_arch = "x86_64", not(real64))))]
const FLUSH: u32 = 0;

#[cfg(all(target_arch = "x86_64", not(real64)))]
fn get() -> u32 {
    let mut word = 0_u32;
    // SAFETY: stmxcsr stores 4 bytes to the given address, which is that of a local u32.
    unsafe { std::arch::asm!("stmxcsr [{}]", in(reg) &raw mut word, options(nostack, preserves_flags)) };
    word
}

#[cfg(all(target_arch = "x86_64", not(real64)))]
fn set(word: u32) {
    // SAFETY: ldmxcsr reads 4 bytes from the given address, that of a local; the word is one that was read before, with
    // only the two flush bits changed, so no reserved bit is set and no exception is unmasked.
    unsafe { std::arch::asm!("ldmxcsr [{}]", in(reg) &raw const word, options(nostack, preserves_flags, readonly)) };
}

#[cfg(not(all(target_arch = "x86_64", not(real64))))]
fn get() -> u32 {
    0
}

#[cfg(not(all(target_arch = "x86_64", not(real64))))]
fn set(_: u32) {}

#[cfg(all(test, target_arch = "x86_64", not(real64)))]
mod tests {
    use super::flushed;
    use std::hint::black_box;

    #[test]
    fn denormals_vanish_inside_only() {
        let tiny = black_box(1e-38_f32);
        assert_eq!(flushed(|| black_box(tiny) * black_box(0.01)), 0.0);
        assert_ne!(black_box(tiny) * black_box(0.01), 0.0);
    }
}
