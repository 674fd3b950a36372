//! Weights and resumable states: tensors or a flaw; and a state that was loaded can be gone on from.
#![no_main]

use gradus::io::parse_tensors;
use gradus::optim::Adam;
use gradus::train::parse_checkpoint;
use gradus::{Rng, zoo};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(file) = parse_tensors(bytes) else { return };
    for tensor in file.tensors.values() {
        assert_eq!(tensor.as_slice().len(), tensor.shape().iter().product::<usize>());
    }
    // The network of the seed that scripts/fuzz trains.
    let options = "hidden = [4]".parse::<toml::Table>().expect("a table");
    let interface = zoo::Interface { input: vec![2], outputs: 2 };
    let mut network = zoo::build("mlp", &options, &interface, &mut Rng::new(1)).expect("a small network").network;
    if let Ok(progress) = parse_checkpoint(bytes, &mut *network, &mut Adam::new(1e-3)) {
        let _ = progress.csv("accuracy");
    }
});
