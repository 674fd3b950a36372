//! A run's config.toml: settings or a flaw; and what is written of them reads back the same.
#![no_main]

use gradus::run::RunConfig;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(config) = RunConfig::from_text(text) {
        let written = config.to_text();
        let again = RunConfig::from_text(&written).expect("what was written is a config");
        assert_eq!(again.to_text(), written);
        let _ = config.train.optimizer.build();
        let _ = config.train.schedule.build(config.train.optimizer.learning_rate(), 100);
    }
});
