//! The rows of the table.

/// A piece of work that every contestant does.
pub struct Row {
    /// What the contestants call it.
    pub name: &'static str,
    /// What the reader sees.
    pub about: &'static str,
    /// Additions and multiplications, where a share of the peak is told.
    pub operations: f64,
}

const fn product(name: &'static str, about: &'static str, size: f64) -> Row {
    Row { name, about, operations: 2.0 * size * size * size }
}

/// All rows.
pub const ROWS: [Row; 7] = [
    product("256", "matrix product 256³", 256.0),
    product("512", "matrix product 512³", 512.0),
    product("1024", "matrix product 1024³", 1024.0),
    product("2048", "matrix product 2048³", 2048.0),
    Row { name: "mlp", about: "MLP 784-512-512-10, batch 128, step, SGD with momentum", operations: 0.0 },
    Row { name: "tiny", about: "MLP 2-16-16-2, batch 32, step, SGD", operations: 0.0 },
    Row {
        name: "cnn",
        about: "CNN 28x28: conv 32, pool, conv 64, pool, 128, 10; batch 64, step, Adam",
        operations: 0.0,
    },
];
