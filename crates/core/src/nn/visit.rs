//! Walking over the parameters and statistics of a network, with their paths, always in the same order.

use super::{Parameter, Path, Statistic};

/// What a walk meets.
#[derive(Clone, Copy)]
pub enum Entry<'a> {
    /// A tensor that training changes.
    Parameter(&'a Parameter),
    /// Numbers kept besides.
    Statistic(&'a Statistic),
}

/// What has parameters: a layer, a network, a list of layers.
pub trait Visit {
    /// Calls `visitor` with every parameter and statistic.
    fn visit(&self, path: Path<'_>, visitor: &mut dyn FnMut(Path<'_>, Entry<'_>));

    /// Calls `visitor` with every parameter, for changing it.
    fn visit_mut(&mut self, path: Path<'_>, visitor: &mut dyn FnMut(Path<'_>, &mut Parameter));
}

impl Visit for Parameter {
    fn visit(&self, path: Path<'_>, visitor: &mut dyn FnMut(Path<'_>, Entry<'_>)) {
        visitor(path, Entry::Parameter(self));
    }

    fn visit_mut(&mut self, path: Path<'_>, visitor: &mut dyn FnMut(Path<'_>, &mut Parameter)) {
        visitor(path, self);
    }
}

impl Visit for Statistic {
    fn visit(&self, path: Path<'_>, visitor: &mut dyn FnMut(Path<'_>, Entry<'_>)) {
        visitor(path, Entry::Statistic(self));
    }

    fn visit_mut(&mut self, _: Path<'_>, _: &mut dyn FnMut(Path<'_>, &mut Parameter)) {}
}

impl<T: Visit> Visit for Option<T> {
    fn visit(&self, path: Path<'_>, visitor: &mut dyn FnMut(Path<'_>, Entry<'_>)) {
        if let Some(part) = self {
            part.visit(path, visitor);
        }
    }

    fn visit_mut(&mut self, path: Path<'_>, visitor: &mut dyn FnMut(Path<'_>, &mut Parameter)) {
        if let Some(part) = self {
            part.visit_mut(path, visitor);
        }
    }
}

impl<T: Visit> Visit for Vec<T> {
    fn visit(&self, path: Path<'_>, visitor: &mut dyn FnMut(Path<'_>, Entry<'_>)) {
        for (place, part) in self.iter().enumerate() {
            part.visit(path.place(place), visitor);
        }
    }

    fn visit_mut(&mut self, path: Path<'_>, visitor: &mut dyn FnMut(Path<'_>, &mut Parameter)) {
        for (place, part) in self.iter_mut().enumerate() {
            part.visit_mut(path.place(place), visitor);
        }
    }
}

impl<T: Visit + ?Sized> Visit for Box<T> {
    fn visit(&self, path: Path<'_>, visitor: &mut dyn FnMut(Path<'_>, Entry<'_>)) {
        (**self).visit(path, visitor);
    }

    fn visit_mut(&mut self, path: Path<'_>, visitor: &mut dyn FnMut(Path<'_>, &mut Parameter)) {
        (**self).visit_mut(path, visitor);
    }
}

/// Writes [`Visit`](crate::nn::Visit) for a struct from the names of the fields that have parameters.
///
/// A field's path is its name. `name: field` gives it another, `..field` none: its parts then stand where the struct does.
///
/// ```
/// use gradus_core::{nn::{self, Linear, Parameter, Sequential}, parameters, Rng, Tensor};
/// struct Scaled { layers: Sequential, factor: Parameter }
/// parameters!(Scaled { ..layers, scale: factor });
/// let layers = Sequential::new().named("head", Linear::new(2, 1).init(&mut Rng::new(1)));
/// let scaled = Scaled { layers, factor: Parameter::new(&Tensor::ones([1])) };
/// let names: Vec<_> = nn::state(&scaled).into_iter().map(|(name, _)| name).collect();
/// assert_eq!(names, ["head.weight", "head.bias", "scale"]);
/// ```
#[macro_export]
macro_rules! parameters {
    (@$visit:ident $self:ident $path:ident $visitor:ident) => {};
    (@$visit:ident $self:ident $path:ident $visitor:ident ..$field:ident $(, $($rest:tt)*)?) => {
        $self.$field.$visit($path, $visitor);
        $crate::parameters!(@$visit $self $path $visitor $($($rest)*)?);
    };
    (@$visit:ident $self:ident $path:ident $visitor:ident $name:ident: $field:ident $(, $($rest:tt)*)?) => {
        $self.$field.$visit($path.child(stringify!($name)), $visitor);
        $crate::parameters!(@$visit $self $path $visitor $($($rest)*)?);
    };
    (@$visit:ident $self:ident $path:ident $visitor:ident $field:ident $(, $($rest:tt)*)?) => {
        $self.$field.$visit($path.child(stringify!($field)), $visitor);
        $crate::parameters!(@$visit $self $path $visitor $($($rest)*)?);
    };
    ($type:ident { $($parts:tt)* }) => {
        impl $crate::nn::Visit for $type {
            #[allow(unused_variables, unused_imports)]
            fn visit(&self, path: $crate::nn::Path<'_>, visitor: &mut dyn FnMut($crate::nn::Path<'_>, $crate::nn::Entry<'_>)) {
                use $crate::nn::Visit as _;
                $crate::parameters!(@visit self path visitor $($parts)*);
            }

            #[allow(unused_variables, unused_imports)]
            fn visit_mut(
                &mut self,
                path: $crate::nn::Path<'_>,
                visitor: &mut dyn FnMut($crate::nn::Path<'_>, &mut $crate::nn::Parameter),
            ) {
                use $crate::nn::Visit as _;
                $crate::parameters!(@visit_mut self path visitor $($parts)*);
            }
        }
    };
}

/// Makes a struct of layers a [`Module`](crate::nn::Module): the fields that have parameters, then the forward pass.
///
/// ```
/// use gradus_core::{module, nn::{Linear, Module}, Rng};
/// struct Mlp { hidden: Linear, head: Linear }
/// module!(Mlp { hidden, head } |net, x, cx| {
///     let x = net.hidden.forward(x, cx).relu();
///     net.head.forward(&x, cx)
/// });
/// let mut rng = Rng::new(1);
/// let net = Mlp { hidden: Linear::new(4, 8).init(&mut rng), head: Linear::new(8, 3).init(&mut rng) };
/// # let _ = net;
/// ```
#[macro_export]
macro_rules! module {
    ($type:ident { $($parts:tt)* } |$net:ident, $x:ident, $cx:ident| $body:expr) => {
        $crate::parameters!($type { $($parts)* });
        impl $crate::nn::Module for $type {
            #[allow(unused_variables)]
            fn forward(&self, $x: &$crate::Tensor, $cx: &mut $crate::nn::Context) -> $crate::Tensor {
                let $net = self;
                $body
            }
        }
    };
}
