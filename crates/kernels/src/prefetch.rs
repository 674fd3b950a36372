//! Asking for memory before it is needed.

/// Asks for the cache line of an element, if there is such an element, and goes on without waiting for it.
#[inline(always)]
pub(crate) fn prefetch(x: &[f32], at: usize) {
    #[cfg(target_arch = "x86_64")]
    if let Some(element) = x.get(at) {
        // SAFETY: SSE is part of x86-64, and a prefetch has no effect but on time.
        unsafe {
            use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
            _mm_prefetch::<_MM_HINT_T0>(std::ptr::from_ref(element).cast());
        }
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = (x, at);
}
