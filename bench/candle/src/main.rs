//! Candle.

use bench_common::{Step, Work, element, labels, numbers, serve, start_rayon, weights};
use candle_core::{DType, Device, Result, Tensor, Var};
use candle_nn::{AdamW, Optimizer, ParamsAdamW, loss::cross_entropy};

const CPU: Device = Device::Cpu;

fn tensor(values: Vec<f32>, shape: &[usize]) -> Tensor {
    Tensor::from_vec(values, shape, &CPU).unwrap()
}

/// Weight and bias.
fn layer(shape: &[usize], stream: u32) -> [Var; 2] {
    let fan_in = shape[1..].iter().product();
    let weight = tensor(weights(shape.iter().product(), stream, fan_in), shape);
    [Var::from_tensor(&weight).unwrap(), Var::zeros(shape[0], DType::F32, &CPU).unwrap()]
}

fn linear(x: &Tensor, [weight, bias]: &[Var; 2]) -> Result<Tensor> {
    x.matmul(&weight.t()?)?.broadcast_add(bias)
}

fn conv(x: &Tensor, [weight, bias]: &[Var; 2]) -> Result<Tensor> {
    x.conv2d(weight, 1, 1, 1, 1)?.broadcast_add(&bias.reshape((1, (), 1, 1))?)
}

/// Descent with momentum, which Candle's own SGD has not.
struct Momentum {
    vars: Vec<Var>,
    velocities: Vec<Tensor>,
    rate: f64,
    momentum: f64,
}

impl Momentum {
    fn new(vars: Vec<Var>, rate: f64, momentum: f64) -> Self {
        let velocities = vars.iter().map(|var| var.zeros_like().unwrap()).collect();
        Momentum { vars, velocities, rate, momentum }
    }

    fn step(&mut self, loss: &Tensor) -> Result<()> {
        let gradients = loss.backward()?;
        for (var, velocity) in self.vars.iter().zip(&mut self.velocities) {
            let gradient = gradients.get(var).expect("every parameter has a gradient");
            *velocity =
                if self.momentum == 0.0 { gradient.clone() } else { ((&*velocity * self.momentum)? + gradient)? };
            var.set(&(var.as_tensor() - (&*velocity * self.rate)?)?)?;
        }
        Ok(())
    }
}

fn dense(sizes: [usize; 4], batch: usize, momentum: f64, activation: fn(&Tensor) -> Result<Tensor>) -> Step {
    let layers: Vec<_> = (0..3).map(|place| layer(&[sizes[place + 1], sizes[place]], place as u32 + 1)).collect();
    let x = tensor(numbers(batch * sizes[0], 9, 1.0), &[batch, sizes[0]]);
    let labels = Tensor::from_vec(labels(batch, sizes[3] as u32), batch, &CPU).unwrap();
    let mut optimizer = Momentum::new(layers.iter().flatten().cloned().collect(), 0.01, momentum);
    let mut step = move || -> Result<f32> {
        let hidden = activation(&linear(&x, &layers[0])?)?;
        let hidden = activation(&linear(&hidden, &layers[1])?)?;
        let loss = cross_entropy(&linear(&hidden, &layers[2])?, &labels)?;
        optimizer.step(&loss)?;
        loss.to_scalar()
    };
    Box::new(move |_| step().unwrap())
}

fn cnn() -> Step {
    let layers = [layer(&[32, 1, 3, 3], 1), layer(&[64, 32, 3, 3], 2), layer(&[128, 64 * 49], 3), layer(&[10, 128], 4)];
    let x = tensor(numbers(64 * 784, 9, 1.0), &[64, 1, 28, 28]);
    let labels = Tensor::from_vec(labels(64, 10), 64, &CPU).unwrap();
    let options = ParamsAdamW { lr: 1e-3, weight_decay: 0.0, ..ParamsAdamW::default() };
    let mut optimizer = AdamW::new(layers.iter().flatten().cloned().collect(), options).unwrap();
    let mut step = move || -> Result<f32> {
        let hidden = conv(&x, &layers[0])?.relu()?.max_pool2d(2)?;
        let hidden = conv(&hidden, &layers[1])?.relu()?.max_pool2d(2)?;
        let hidden = linear(&hidden.flatten_from(1)?, &layers[2])?.relu()?;
        let loss = cross_entropy(&linear(&hidden, &layers[3])?, &labels)?;
        optimizer.backward_step(&loss)?;
        loss.to_scalar()
    };
    Box::new(move |_| step().unwrap())
}

fn make(row: &str) -> Work {
    let step: Step = match row {
        "mlp" => dense([784, 512, 512, 10], 128, 0.9, Tensor::relu),
        "mlp-32" => dense([784, 512, 512, 10], 32, 0.9, Tensor::relu),
        "tiny" => dense([2, 16, 16, 2], 32, 0.0, Tensor::tanh),
        "cnn" => cnn(),
        size => {
            let size: usize = size.parse().expect("a row's name or a size");
            let [a, b] = [1, 2].map(|stream| tensor(numbers(size * size, stream, 1.0), &[size, size]));
            let mut call = 0;
            Box::new(move |answers| {
                let c = std::hint::black_box(a.matmul(&b).unwrap());
                call += 1;
                let answer = |c: Tensor| c.flatten_all()?.get(element(call, size * size))?.to_scalar();
                if answers { answer(c).unwrap() } else { 0.0 }
            })
        }
    };
    step.into()
}

fn main() {
    start_rayon();
    serve(make);
}
