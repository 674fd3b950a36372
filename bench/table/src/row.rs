//! The rows of the table, and what is aimed at in each.

/// A piece of work that several contestants do.
pub struct Row {
    /// What the contestants call it.
    pub name: &'static str,
    /// What the reader sees.
    pub about: &'static str,
    /// What kind of work it is.
    pub kind: Kind,
    /// Peers, and what our time over theirs is to be at most.
    pub targets: &'static [(&'static str, f64)],
    /// The share of the limit that is to be reached, where that is a target.
    pub share: f64,
}

/// Who takes part, and how it is measured.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A product of square matrices.
    Square,
    /// Another product.
    Product,
    /// A training step of a small network.
    Small,
    /// A training step of a large one.
    Training,
    /// One picture through a network.
    Inference,
    /// Photographs to batches.
    Pictures,
    /// Work given to a second thread.
    Handoff,
}

/// Photographs in the folder of the row `pictures`.
pub const PHOTOGRAPHS: usize = 384;

impl Kind {
    /// Turns of each contestant, after one to warm up, and how long one lasts at least, in milliseconds.
    pub fn turns(self) -> (usize, u64) {
        match self {
            Kind::Square | Kind::Product | Kind::Small | Kind::Handoff => (7, 250),
            Kind::Inference => (5, 400),
            Kind::Training => (5, 500),
            Kind::Pictures => (5, 1),
        }
    }

    /// How many answers are compared.
    pub fn answers(self) -> usize {
        match self {
            Kind::Square | Kind::Product | Kind::Small => 10,
            Kind::Inference => 16,
            Kind::Training => 3,
            Kind::Pictures => 1,
            Kind::Handoff => 0,
        }
    }

    /// How far an answer may be off: a training step's loss by its own size; an element of what came out by the largest that
    /// was seen. JPEG decoders round differently.
    pub fn tolerance(self) -> f64 {
        match self {
            Kind::Small | Kind::Training => 1e-3,
            Kind::Pictures => 1e-2,
            _ => 1e-4,
        }
    }

    /// What a time is divided by before it is shown.
    pub fn pieces(self) -> f64 {
        if self == Kind::Pictures { PHOTOGRAPHS as f64 } else { 1.0 }
    }
}

const fn row(name: &'static str, about: &'static str, kind: Kind, targets: &'static [(&'static str, f64)]) -> Row {
    Row { name, about, kind, targets, share: 0.0 }
}

const EVEN: &[(&str, f64)] = &[("PyTorch", 1.0)];
const ONNX: &[(&str, f64)] = &[("ONNX Runtime", 1.0)];

/// All rows.
pub const ROWS: [Row; 31] = [
    row("256", "matrix product 256³", Kind::Square, EVEN),
    row("512", "matrix product 512³", Kind::Square, EVEN),
    Row { share: 0.88, ..row("1024", "matrix product 1024³", Kind::Square, EVEN) },
    row("2048", "matrix product 2048³", Kind::Square, EVEN),
    row("skinny-1", "1 row by 1024 x 1024", Kind::Product, EVEN),
    row("skinny-8", "8 rows by 1024 x 1024", Kind::Product, EVEN),
    row("skinny-32", "32 rows by 1024 x 1024", Kind::Product, EVEN),
    row("512-tn", "512³, left factor stored transposed", Kind::Product, EVEN),
    row("512-nt", "512³, right factor stored transposed", Kind::Product, EVEN),
    row("1024-tn", "1024³, left factor stored transposed", Kind::Product, EVEN),
    row("1024-nt", "1024³, right factor stored transposed", Kind::Product, EVEN),
    row("mlp", "MLP 784-512-512-10, batch 128, step, SGD with momentum", Kind::Small, &[("PyTorch", 0.75)]),
    row("mlp-32", "the same, batch 32", Kind::Small, &[("PyTorch", 0.6)]),
    row("tiny", "MLP 2-16-16-2, batch 32, step, SGD", Kind::Small, &[("PyTorch", 0.03), ("Burn Flex", 0.3)]),
    row(
        "cnn",
        "CNN 28x28: conv 32, pool, conv 64, pool, 128, 10; batch 64, step, Adam",
        Kind::Small,
        &[("PyTorch", 0.28), ("Burn Flex", 0.1)],
    ),
    row("resnet18-train", "ResNet-18, 224, batch 8, step", Kind::Training, &[("PyTorch", 0.5)]),
    row("resnet18-32-train", "ResNet-18 for 32x32, batch 32, step", Kind::Training, &[("PyTorch", 0.5)]),
    row("mobilenet-v2-train", "MobileNetV2, 224, batch 8, step", Kind::Training, &[("PyTorch", 0.45)]),
    row("unet-train", "U-Net, 32 first channels, 128x128, batch 4, step", Kind::Training, &[("PyTorch", 0.6)]),
    row("resnet18", "ResNet-18, one picture", Kind::Inference, &[("ONNX Runtime", 0.75)]),
    row("resnet50", "ResNet-50, one picture", Kind::Inference, &[("ONNX Runtime", 0.9)]),
    row("vgg16", "VGG-16, one picture", Kind::Inference, &[("ONNX Runtime", 0.5)]),
    row("mobilenet-v2", "MobileNetV2, one picture", Kind::Inference, ONNX),
    row("efficientnet-b0", "EfficientNet-B0, one picture", Kind::Inference, ONNX),
    row("squeezenet1-1", "SqueezeNet 1.1, one picture", Kind::Inference, ONNX),
    row("shufflenet-v2-x1.0", "ShuffleNetV2 x1.0, one picture", Kind::Inference, ONNX),
    row("alexnet", "AlexNet, one picture", Kind::Inference, ONNX),
    row("googlenet", "GoogLeNet, one picture", Kind::Inference, ONNX),
    row("resnext50-32x4d", "ResNeXt-50 32x4d, one picture", Kind::Inference, ONNX),
    row("pictures", "loading JPEG photographs to 224, a picture", Kind::Pictures, EVEN),
    row("handoff", "two tasks of 10 µs on two threads", Kind::Handoff, &[("rayon", 1.0)]),
];
