//! What an expression is computed with.

/// A function of one number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Function {
    /// Sine.
    Sin,
    /// Cosine.
    Cos,
    /// Tangent.
    Tan,
    /// e^x.
    Exp,
    /// The natural logarithm.
    Ln,
    /// The square root.
    Sqrt,
    /// |x|, with the slope 0 at 0.
    Abs,
    /// The hyperbolic tangent.
    Tanh,
    /// 1 / (1 + e^-x).
    Sigmoid,
    /// x to a fixed power.
    Power(f64),
}

impl Function {
    /// The functions that have names.
    pub const NAMES: [(&'static str, Function); 10] = [
        ("sin", Function::Sin),
        ("cos", Function::Cos),
        ("tan", Function::Tan),
        ("exp", Function::Exp),
        ("ln", Function::Ln),
        ("log", Function::Ln),
        ("sqrt", Function::Sqrt),
        ("abs", Function::Abs),
        ("tanh", Function::Tanh),
        ("sigmoid", Function::Sigmoid),
    ];

    pub(super) fn named(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(known, _)| *known == name).map(|(_, function)| *function)
    }

    /// Value, first and second derivative.
    pub fn derivatives(self, x: f64) -> [f64; 3] {
        match self {
            Function::Sin => [x.sin(), x.cos(), -x.sin()],
            Function::Cos => [x.cos(), -x.sin(), -x.cos()],
            Function::Tan => {
                let (y, slope) = (x.tan(), 1.0 + x.tan() * x.tan());
                [y, slope, 2.0 * y * slope]
            }
            Function::Exp => [x.exp(); 3],
            Function::Ln => [x.ln(), 1.0 / x, -1.0 / (x * x)],
            Function::Sqrt => [x.sqrt(), 0.5 / x.sqrt(), -0.25 / (x * x.sqrt())],
            Function::Abs => [x.abs(), if x == 0.0 { 0.0 } else { x.signum() }, 0.0],
            Function::Tanh => {
                let y = x.tanh();
                [y, 1.0 - y * y, -2.0 * y * (1.0 - y * y)]
            }
            Function::Sigmoid => {
                let y = 1.0 / (1.0 + (-x).exp());
                [y, y * (1.0 - y), y * (1.0 - y) * (1.0 - 2.0 * y)]
            }
            Function::Power(n) => {
                // A factor of 0 ends it: 0^-1 would make the derivatives of x and of a constant NaN at 0.
                let term = |factor: f64, exponent: f64| if factor == 0.0 { 0.0 } else { factor * power(x, exponent) };
                [power(x, n), term(n, n - 1.0), term(n * (n - 1.0), n - 2.0)]
            }
        }
    }
}

/// x^n, by multiplication where n is whole.
fn power(x: f64, n: f64) -> f64 {
    if n.fract() == 0.0 && n.abs() < 1e6 { x.powi(n as i32) } else { x.powf(n) }
}

/// A kind of number that expressions can be computed with.
pub trait Arithmetic: Clone {
    /// A number that depends on nothing.
    fn constant(value: f64) -> Self;
    /// The sum.
    fn plus(&self, other: &Self) -> Self;
    /// The product.
    fn times(&self, other: &Self) -> Self;
    /// The function's value.
    fn call(&self, function: Function) -> Self;
}

impl Arithmetic for f64 {
    fn constant(value: f64) -> Self {
        value
    }
    fn plus(&self, other: &Self) -> Self {
        self + other
    }
    fn times(&self, other: &Self) -> Self {
        self * other
    }
    fn call(&self, function: Function) -> Self {
        function.derivatives(*self)[0]
    }
}
