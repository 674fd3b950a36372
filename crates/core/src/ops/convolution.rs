//! What every convolution asks of its operands, along however many axes it slides.

use super::sliding::{Padding, effective_kernel};
use crate::tensor::Shape;

/// How kernels slide along `AXES` axes: what all options of convolutions come to.
#[derive(Clone, Copy)]
pub(super) struct Slide<const AXES: usize> {
    pub stride: [usize; AXES],
    pub padding: Padding<AXES>,
    pub dilation: [usize; AXES],
    pub groups: usize,
}

impl<const AXES: usize> Slide<AXES> {
    /// Whether input `[batch, sizes.., in]`, weight `[out, kernel.., in / groups]` and bias `[out]` fit: gives what is added
    /// before and after along each axis, or says what does not fit and the remedy.
    pub fn fit(&self, x: Shape, weight: Shape, bias: Option<&Shape>) -> Result<[[usize; 2]; AXES], String> {
        let (axes, whole) = names(AXES);
        if x.rank() != AXES + 2 || weight.rank() != AXES + 2 {
            return Err(format!(
                "needs input [batch, {axes}, channels] and weight [out, {axes}, in / groups]; input {x}, weight {weight}; \
                 one {whole} is a batch of 1, a grey one has 1 channel"
            ));
        }
        let Slide { stride, dilation, groups, .. } = *self;
        if stride.contains(&0) || dilation.contains(&0) || groups == 0 || weight.elements() == 0 {
            return Err(format!(
                "stride {stride:?}, dilation {dilation:?}, groups {groups} and weight {weight} must all be at least 1"
            ));
        }
        self.fit_channels(x, weight, bias)?;
        let kernel: [usize; AXES] = std::array::from_fn(|axis| effective_kernel(weight[axis + 1], dilation[axis]));
        let padding: [[usize; 2]; AXES] =
            std::array::from_fn(|axis| self.padding.resolve(axis, x[axis + 1], kernel[axis], stride[axis]));
        let padded: [usize; AXES] = std::array::from_fn(|axis| x[axis + 1] + padding[axis][0] + padding[axis][1]);
        if kernel.iter().zip(&padded).any(|(kernel, padded)| kernel > padded) {
            return Err(format!(
                "a kernel that spans {} is larger than the padded {whole} of {}; input {x}, weight {weight}; \
                 add padding, or give larger {whole}s",
                product(&kernel),
                product(&padded)
            ));
        }
        Ok(padding)
    }

    fn fit_channels(&self, x: Shape, weight: Shape, bias: Option<&Shape>) -> Result<(), String> {
        let (inputs, outputs, expected, groups) = (x.last(), weight[0], weight.last(), self.groups);
        if inputs % groups != 0 || outputs % groups != 0 {
            return Err(format!(
                "{inputs} input and {outputs} output channels do not divide into {groups} groups; \
                 input {x}, weight {weight}; groups must divide both"
            ));
        }
        if inputs / groups != expected {
            let in_groups = if groups == 1 { String::new() } else { format!(" in each of {groups} groups") };
            return Err(format!(
                "input has {inputs} channels, weight expects {expected}{in_groups}; input {x}, weight {weight}; \
                 give the layer {inputs} input channels"
            ));
        }
        match bias {
            Some(bias) if **bias != [outputs] => {
                Err(format!("bias {bias} does not fit weight {weight}; it must be [{outputs}]"))
            }
            _ => Ok(()),
        }
    }
}

fn names(axes: usize) -> (&'static str, &'static str) {
    match axes {
        1 => ("length", "sequence"),
        2 => ("height, width", "picture"),
        _ => ("depth, height, width", "volume"),
    }
}

/// `3x5`.
fn product(sizes: &[usize]) -> String {
    sizes.iter().map(usize::to_string).collect::<Vec<_>>().join("x")
}
