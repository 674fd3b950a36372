//! Functions as text: `(1 - x)^2 + 100 * (y - x^2)^2`, with exact first and second derivatives.
//!
//! | what | file |
//! |---|---|
//! | from text to a tree, with the place of a mistake | `parse.rs`, `token.rs` |
//! | what a tree is computed with: f64, derivatives, tensors | `arithmetic.rs` |
//! | value, gradient and Hessian in one pass, in f64 | `jet.rs` |
//! | the same tree as operations of the graph | `tensor.rs` |

mod arithmetic;
mod jet;
mod parse;
mod tensor;
mod token;

pub use arithmetic::{Arithmetic, Function};
pub use jet::Jet;

use gradus_core::Error;

/// A function of x1, x2, .. (also called x, y, z), read from text.
///
/// ```
/// use gradus_learn::expression::Expression;
/// let f = Expression::parse("sin(x)^2 + y^3", None).unwrap();
/// assert_eq!(f.dimension(), 2);
/// assert_eq!(f.value(&[0.0, 2.0]), 8.0);
/// let at = f.derivatives(&[0.0, 2.0]);
/// assert_eq!((at.gradient, at.hessian), (vec![0.0, 12.0], vec![2.0, 0.0, 0.0, 12.0]));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Expression {
    text: String,
    tree: parse::Tree,
    dimension: usize,
}

impl Expression {
    /// Reads a function. It has `dimension` variables, or without one as many as the last that is named, at least one.
    ///
    /// Known are + - * / ^, numbers, pi, e, parentheses, and sin cos tan exp ln sqrt abs tanh sigmoid.
    ///
    /// Errors: what cannot be read, with its place and the nearest name; a variable beyond `dimension`.
    pub fn parse(text: &str, dimension: Option<usize>) -> Result<Self, Error> {
        let (tree, used) = parse::parse(text).map_err(|problem| Error::setting("expression", problem))?;
        if let Some(most) = dimension.filter(|most| used > *most) {
            let problem = format!("{text:?} has the variable x{used}; there are {most}");
            return Err(Error::setting("expression", problem));
        }
        Ok(Expression { text: text.to_owned(), tree, dimension: dimension.unwrap_or(used.max(1)) })
    }

    /// The text that was read.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// How many variables there are.
    pub fn dimension(&self) -> usize {
        self.dimension
    }

    /// The value at a point.
    ///
    /// # Panics
    /// When the point has too few numbers.
    pub fn value(&self, point: &[f64]) -> f64 {
        self.tree.evaluate(point)
    }

    /// Value, gradient and Hessian at a point, exact up to rounding.
    pub fn derivatives(&self, point: &[f64]) -> Jet {
        let point = &point[..self.dimension];
        let variables: Vec<Jet> = (0..self.dimension).map(|place| Jet::variable(point, place)).collect();
        self.tree.evaluate(&variables).of_dimension(self.dimension)
    }

    /// The tree computed with any kind of number.
    pub fn evaluate<A: Arithmetic>(&self, variables: &[A]) -> A {
        self.tree.evaluate(variables)
    }
}
