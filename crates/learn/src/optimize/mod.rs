//! How minima are found: descents, second-order methods, many starts, and the shape of a loss.
//!
//! | what | file |
//! |---|---|
//! | what is minimized | `objective.rs`, `named.rs`, `network.rs` |
//! | gradient descent | `descent.rs` |
//! | fixed, decaying, sampled steps; backtracking; strong Wolfe | `step.rs`, `wolfe.rs` |
//! | Newton's method, damped | `newton.rs` |
//! | Newton by conjugate gradients, without the Hessian | `newton_cg.rs` |
//! | L-BFGS | `lbfgs.rs` |
//! | Levenberg and Marquardt's for sums of squares | `levenberg_marquardt.rs` |
//! | SGD, momentum, Nesterov, AdaGrad, RMSProp, Adam on a function | `first_order.rs` |
//! | minima, maxima and saddles told apart | `stationary.rs` |
//! | many local searches | `multi_start.rs` |
//! | a trained network's loss in two directions | `loss_surface.rs` |

mod descent;
mod first_order;
mod lbfgs;
mod levenberg_marquardt;
mod loss_surface;
mod multi_start;
mod named;
mod network;
mod newton;
mod newton_cg;
mod objective;
mod run;
mod stationary;
mod step;
mod wolfe;

pub use descent::gradient_descent;
pub use first_order::{first_order_path, first_order_rules};
pub use lbfgs::lbfgs;
pub use levenberg_marquardt::{LeastSquares, levenberg_marquardt};
pub use loss_surface::{LossSurface, loss_surface};
pub use multi_start::{LocalMinimum, multi_start};
pub use named::{NAMED, Named, named};
pub use network::NetworkLoss;
pub use newton::{NewtonOptions, newton};
pub use newton_cg::newton_cg;
pub use objective::{Objective, dot, norm};
pub use run::{Ended, Run, Stop};
pub use stationary::{Kind, Stationary, classify, stationary_points};
pub use step::StepRule;
