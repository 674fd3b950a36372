//! Published networks.
