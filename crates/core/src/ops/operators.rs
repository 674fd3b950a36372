//! `&a + &b`, `&a * 2.0` and the like.

use std::ops;

use gradus_kernels::Real;

use crate::tensor::Tensor;

macro_rules! operators {
    ($($trait:ident $method:ident $number:expr;)*) => {$(
        impl ops::$trait<&Tensor> for &Tensor {
            type Output = Tensor;
            #[track_caller]
            fn $method(self, other: &Tensor) -> Tensor {
                Tensor::$method(self, other)
            }
        }
        impl ops::$trait<Tensor> for Tensor {
            type Output = Tensor;
            #[track_caller]
            fn $method(self, other: Tensor) -> Tensor {
                Tensor::$method(&self, &other)
            }
        }
        impl ops::$trait<&Tensor> for Tensor {
            type Output = Tensor;
            #[track_caller]
            fn $method(self, other: &Tensor) -> Tensor {
                Tensor::$method(&self, other)
            }
        }
        impl ops::$trait<Tensor> for &Tensor {
            type Output = Tensor;
            #[track_caller]
            fn $method(self, other: Tensor) -> Tensor {
                Tensor::$method(self, &other)
            }
        }
        impl ops::$trait<Real> for &Tensor {
            type Output = Tensor;
            fn $method(self, number: Real) -> Tensor {
                let with_number: fn(&Tensor, Real) -> Tensor = $number;
                with_number(self, number)
            }
        }
        impl ops::$trait<Real> for Tensor {
            type Output = Tensor;
            fn $method(self, number: Real) -> Tensor {
                ops::$trait::$method(&self, number)
            }
        }
    )*};
}

operators! {
    Add add |x, number| x.shift(number);
    Sub sub |x, number| x.shift(-number);
    Mul mul |x, number| x.scale(number);
    Div div |x, number| x.scale(1.0 / number);
}

impl ops::Neg for &Tensor {
    type Output = Tensor;
    fn neg(self) -> Tensor {
        Tensor::neg(self)
    }
}

impl ops::Neg for Tensor {
    type Output = Tensor;
    fn neg(self) -> Tensor {
        Tensor::neg(&self)
    }
}
