//! Weights and pictures by the formula of `golden/networks.py`, which the peers fill theirs by.

use gradus::nn::{self, Module};
use gradus::{Real, Tensor};

/// Numbers from [0, 1) by place: SplitMix64 from the FNV-1a hash of a name.
pub fn uniform(name: &str) -> impl Fn(usize) -> f32 + use<> {
    let hash = |key: u64, byte: u8| (key ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3);
    let key = name.bytes().fold(0xCBF2_9CE4_8422_2325, hash);
    move |place| {
        let mut z = key.wrapping_add((place as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15));
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^= z >> 31;
        (z >> 40) as f32 / 16_777_216.0
    }
}

/// The formula's value of an element of a tensor, its axes as published.
fn formula(name: &str, shape: &[usize]) -> impl Fn(f32) -> f32 + use<> {
    let kind = name.rsplit('.').next().unwrap_or_default().to_owned();
    let fan_in: usize = shape.iter().skip(1).product();
    let (bound, flat) = ((6.0 / fan_in as f64).sqrt() as f32, shape.len() == 1);
    move |u| match kind.as_str() {
        "num_batches_tracked" => 0.0,
        "running_var" => 0.5 + u,
        "running_mean" | "bias" => 0.2 * (u - 0.5),
        _ if flat => 0.5 + 0.5 * u,
        _ => bound * (2.0 * u - 1.0),
    }
}

/// Fills a network's parameters and statistics.
pub fn fill(network: &mut dyn Module) {
    let shapes: Vec<_> = nn::state(network).into_iter().map(|(name, tensor)| (name, tensor.shape())).collect();
    let state = shapes.into_iter().map(|(name, shape)| {
        let value = formula(&name, &shape);
        let count: usize = shape.iter().product();
        let values: Vec<Real> = (0..count).map(uniform(&name)).map(value).collect();
        (name, Tensor::new(values, shape))
    });
    nn::load_state(network, &state.collect()).expect("the names and shapes are its own");
}

/// Pictures, `[batch, side, side, 3]`.
pub fn pictures(batch: usize, side: usize) -> Tensor {
    let draws = (0..batch * 3 * side * side).map(uniform(&format!("pictures {batch} {side}")));
    let values: Vec<Real> = draws.map(|u| 2.0 * u - 1.0).collect();
    Tensor::new(values, [batch, 3, side, side]).permute(&[0, 2, 3, 1])
}
