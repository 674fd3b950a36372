//! Tensors: numbers with a shape.

use gradus::prelude::*;

fn main() {
    // From numbers, from a rule, at random.
    let table = Tensor::from([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]); // [2, 3]
    let row = Tensor::from([10.0, 20.0, 30.0]); // [3]
    let noise = Tensor::randn([2, 3], &mut Rng::new(1));
    println!("table {}\n{table}\n", table.shape());
    println!("noise\n{noise}\n");

    // Arithmetic goes element by element; the row is repeated for each row of the table.
    println!("table + row\n{}\n", &table + &row);
    println!("tanh(table / 2)\n{}\n", (&table / 2.0).tanh());

    // Sums and means over some axes or all.
    println!("sums of rows {}, of columns {}", table.sum_axes(&[1]), table.sum_axes(&[0]));
    println!("mean {}\n", table.mean());

    // Products of matrices, other shapes, axes in another order.
    println!("table times its transpose\n{}\n", table.matmul(&table.transposed()));
    println!("as [3, 2]\n{}", table.reshape([3, 2]));
}
