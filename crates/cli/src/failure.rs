//! Why a command ends without doing its work.

/// Why a command ends without doing its work.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// Files, data, settings.
    #[error(transparent)]
    Gradus(#[from] gradus::Error),
    /// A network and its input do not fit.
    #[error(transparent)]
    Shape(#[from] gradus::ShapeError),
    /// A data set could not be fetched.
    #[error(transparent)]
    Get(#[from] crate::datasets::GetError),
    /// Printing failed.
    #[error("cannot print: {0}")]
    Output(#[from] std::io::Error),
    /// Ctrl-C; what was to be said has been said.
    #[error("interrupted")]
    Interrupted,
}
