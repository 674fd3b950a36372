//! From words to a tree, by recursive descent. A power binds tighter than a sign, and to the right: -x^2^3 = -(x^(2^3)).

use gradus_core::did_you_mean;

use super::arithmetic::{Arithmetic, Function};
use super::token::{Token, tokens};

/// What is to be computed.
#[derive(Clone, Debug, PartialEq)]
pub enum Tree {
    Constant(f64),
    /// x1 is 0.
    Variable(usize),
    Sum(Box<[Tree; 2]>),
    Difference(Box<[Tree; 2]>),
    Product(Box<[Tree; 2]>),
    Quotient(Box<[Tree; 2]>),
    Power(Box<[Tree; 2]>),
    Negative(Box<Tree>),
    Call(Function, Box<Tree>),
}

impl Tree {
    pub fn evaluate<A: Arithmetic>(&self, variables: &[A]) -> A {
        let both = |pair: &[Tree; 2]| (pair[0].evaluate(variables), pair[1].evaluate(variables));
        match self {
            Tree::Constant(value) => A::constant(*value),
            Tree::Variable(place) => variables[*place].clone(),
            Tree::Sum(pair) => {
                let (a, b) = both(pair);
                a.plus(&b)
            }
            Tree::Difference(pair) => {
                let (a, b) = both(pair);
                a.plus(&b.times(&A::constant(-1.0)))
            }
            Tree::Product(pair) => {
                let (a, b) = both(pair);
                a.times(&b)
            }
            Tree::Quotient(pair) => {
                let (a, b) = both(pair);
                a.times(&b.call(Function::Power(-1.0)))
            }
            // a^b = exp(b ln a), for a > 0.
            Tree::Power(pair) => {
                let (a, b) = both(pair);
                b.times(&a.call(Function::Ln)).call(Function::Exp)
            }
            Tree::Negative(inner) => inner.evaluate(variables).times(&A::constant(-1.0)),
            Tree::Call(function, inner) => inner.evaluate(variables).call(*function),
        }
    }

    /// The number that a tree without variables is.
    fn number(&self) -> Option<f64> {
        (self.last_variable() == 0).then(|| self.evaluate::<f64>(&[]))
    }

    /// The number of the last variable, from 1; 0 where there is none.
    fn last_variable(&self) -> usize {
        match self {
            Tree::Constant(_) => 0,
            Tree::Variable(place) => place + 1,
            Tree::Negative(inner) | Tree::Call(_, inner) => inner.last_variable(),
            Tree::Sum(pair)
            | Tree::Difference(pair)
            | Tree::Product(pair)
            | Tree::Quotient(pair)
            | Tree::Power(pair) => pair[0].last_variable().max(pair[1].last_variable()),
        }
    }
}

/// Parentheses and signs inside each other at most: a tree is walked by recursion.
const DEEPEST: usize = 200;

struct Parser {
    tokens: Vec<(Token, usize)>,
    at: usize,
    depth: usize,
}

/// The tree of a text and the number of its last variable, or what is wrong with it.
pub fn parse(text: &str) -> Result<(Tree, usize), String> {
    let mut parser = Parser { tokens: tokens(text)?, at: 0, depth: 0 };
    if parser.peek() == &Token::End {
        return Err("is empty; give a function such as x^2 + y^2".into());
    }
    let tree = parser.sum()?;
    match parser.peek() {
        Token::End => Ok((tree.clone(), tree.last_variable())),
        _ => Err(parser.unexpected("an operator or the end")),
    }
}

impl Parser {
    fn peek(&self) -> &Token {
        &self.tokens[self.at].0
    }

    fn take(&mut self, sign: char) -> bool {
        let found = self.peek() == &Token::Sign(sign);
        self.at += usize::from(found);
        found
    }

    fn unexpected(&self, wanted: &str) -> String {
        let (token, place) = &self.tokens[self.at];
        let found = match token {
            Token::Number(number) => format!("{number}"),
            Token::Name(name) => name.clone(),
            Token::Sign(sign) => sign.to_string(),
            Token::End => return format!("ends where {wanted} should follow"),
        };
        format!("{found:?} at {place} stands where {wanted} should be")
    }

    fn sum(&mut self) -> Result<Tree, String> {
        let mut left = self.product()?;
        loop {
            left = if self.take('+') {
                Tree::Sum(Box::new([left, self.product()?]))
            } else if self.take('-') {
                Tree::Difference(Box::new([left, self.product()?]))
            } else {
                return Ok(left);
            };
        }
    }

    fn product(&mut self) -> Result<Tree, String> {
        let mut left = self.signed()?;
        loop {
            left = if self.take('*') {
                Tree::Product(Box::new([left, self.signed()?]))
            } else if self.take('/') {
                Tree::Quotient(Box::new([left, self.signed()?]))
            } else {
                return Ok(left);
            };
        }
    }

    fn signed(&mut self) -> Result<Tree, String> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(format!("is nested deeper than {DEEPEST}; write it flatter"));
        }
        let tree = if self.take('-') {
            Tree::Negative(Box::new(self.signed()?))
        } else if self.take('+') {
            self.signed()?
        } else {
            let base = self.atom()?;
            if self.take('^') { raised(base, self.signed()?) } else { base }
        };
        self.depth -= 1;
        Ok(tree)
    }

    fn atom(&mut self) -> Result<Tree, String> {
        let (token, place) = self.tokens[self.at].clone();
        match token {
            Token::Number(number) => {
                self.at += 1;
                Ok(Tree::Constant(number))
            }
            Token::Sign('(') => {
                self.at += 1;
                self.closed()
            }
            Token::Name(name) => {
                self.at += 1;
                if let Some(function) = Function::named(&name) {
                    if !self.take('(') {
                        return Err(self.unexpected(&format!("( after {name}")));
                    }
                    return Ok(Tree::Call(function, Box::new(self.closed()?)));
                }
                variable_or_constant(&name).ok_or_else(|| {
                    let names = Function::NAMES.iter().map(|(known, _)| *known).chain(["pi", "x", "y", "z"]);
                    let near = did_you_mean(&name, names);
                    format!("{name:?} at {place} is neither a variable (x, y, z or x1 to x9) nor a function{near}")
                })
            }
            Token::Sign(_) | Token::End => Err(self.unexpected("a number, a variable or (")),
        }
    }

    fn closed(&mut self) -> Result<Tree, String> {
        let inner = self.sum()?;
        if self.take(')') { Ok(inner) } else { Err(self.unexpected("an operator or )")) }
    }
}

fn raised(base: Tree, exponent: Tree) -> Tree {
    match exponent.number() {
        Some(number) => Tree::Call(Function::Power(number), Box::new(base)),
        None => Tree::Power(Box::new([base, exponent])),
    }
}

fn variable_or_constant(name: &str) -> Option<Tree> {
    Some(match name {
        "pi" => Tree::Constant(std::f64::consts::PI),
        "e" => Tree::Constant(std::f64::consts::E),
        "x" => Tree::Variable(0),
        "y" => Tree::Variable(1),
        "z" => Tree::Variable(2),
        _ => match name.strip_prefix('x')?.as_bytes() {
            [digit @ b'1'..=b'9'] => Tree::Variable((digit - b'1') as usize),
            _ => return None,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::super::Expression;
    use proptest::prelude::*;

    fn value(text: &str, point: &[f64]) -> f64 {
        Expression::parse(text, Some(point.len())).unwrap().value(point)
    }

    fn said(text: &str) -> String {
        Expression::parse(text, Some(2)).unwrap_err().to_string()
    }

    #[test]
    fn what_binds_tighter_comes_first() {
        assert_eq!(value("1 + 2 * 3 - 4 / 2", &[]), 5.0);
        assert_eq!(value("-x^2", &[3.0]), -9.0);
        assert_eq!(value("2^3^2", &[]), 512.0);
        assert_eq!(value("x^-1", &[4.0]), 0.25);
        assert_eq!(value("(x - y)^3", &[1.0, 3.0]), -8.0);
        assert_eq!(value("1.5e1 * e - 15*e + .5", &[]), 0.5);
        assert_eq!(value("2 - 3 - 4", &[]), -5.0);
        assert_eq!(value("cos(2 * pi * x1)", &[1.0]), 1.0);
        assert!((value("x^y", &[2.0, 0.5]) - 2f64.sqrt()).abs() < 1e-12);
    }

    #[test]
    fn mistakes_are_named_with_their_place() {
        assert_eq!(
            said("x + sni(y)"),
            "expression: \"sni\" at 5 is neither a variable (x, y, z or x1 to x9) nor a function; did you mean sin?"
        );
        assert_eq!(said("x + "), "expression: ends where a number, a variable or ( should follow");
        assert_eq!(said("(x + 1"), "expression: ends where an operator or ) should follow");
        assert_eq!(said("x y"), "expression: \"y\" at 3 stands where an operator or the end should be");
        assert_eq!(said("sin x"), "expression: \"x\" at 5 stands where ( after sin should be");
        assert_eq!(said(""), "expression: is empty; give a function such as x^2 + y^2");
        assert_eq!(said("x $ y"), "expression: '$' at 3 is not understood; known are + - * / ^ ( )");
        assert_eq!(said("z + x"), "expression: \"z + x\" has the variable x3; there are 2");
        assert!(said(&"(".repeat(5000)).contains("nested deeper"));
    }

    proptest! {
        #[test]
        fn no_text_breaks_the_parser(text in "[-+*/^()0-9.exyzsincoqrt ]{0,60}", any in ".{0,40}") {
            for text in [text, any] {
                if let Ok(found) = Expression::parse(&text, None) {
                    let _ = found.derivatives(&vec![0.5; found.dimension()]);
                }
            }
        }
    }
}
