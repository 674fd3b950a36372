//! Functions of each element alone.

use crate::reference::Family;

#[test]
fn pointwise_functions_agree_with_pytorch() {
    let mut f = Family::read("pointwise");
    f.case("relu", |x| x[0].relu());
    f.case("relu6", |x| x[0].relu6());
    f.case("leaky_relu", |x| x[0].leaky_relu(0.01));
    f.case("leaky_relu 0.2", |x| x[0].leaky_relu(0.2));
    f.case("elu", |x| x[0].elu(1.0));
    f.case("elu 0.5", |x| x[0].elu(0.5));
    f.case("selu", |x| x[0].selu());
    f.case("sigmoid", |x| x[0].sigmoid());
    f.case("sigmoid far", |x| x[0].sigmoid());
    f.case("tanh", |x| x[0].tanh());
    f.case("tanh far", |x| x[0].tanh());
    f.case("softplus", |x| x[0].softplus());
    f.case("softplus far", |x| x[0].softplus());
    f.case("gelu", |x| x[0].gelu());
    f.case("silu", |x| x[0].silu());
    f.case("hard_swish", |x| x[0].hard_swish());
    f.case("hard_sigmoid", |x| x[0].hard_sigmoid());
    f.case("exp", |x| x[0].exp());
    f.case("erf", |x| x[0].erf());
    f.case("ln", |x| x[0].ln());
    f.case("sqrt", |x| x[0].sqrt());
    f.case("recip", |x| x[0].recip());
    f.case("abs", |x| x[0].abs());
    f.case("square", |x| x[0].square());
    f.finish();
}
