//! The graph of named ops that a forward pass records, and the sweep back over it.

mod backward;
mod dump;
mod node;
mod op;
mod outputs;
pub mod profile;
mod receptive;
pub(crate) mod trace;
mod watch;

pub use backward::{Gradients, grad};
pub(crate) use node::NodeRef;
pub use op::{InputGradients, Op, Pull, ShapeError, Window, apply, no_grad, try_apply};
pub(crate) use op::{is_recording, refuse, with_recording};
pub use outputs::{OpOutput, outputs_of};
pub use receptive::{ReceptiveField, receptive_fields};
pub(crate) use trace::{Operand, Recording, Rerun, record};
pub use trace::{TracedOp, dry_run};
pub(crate) use watch::first_non_finite_op;
