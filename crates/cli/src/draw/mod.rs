//! Charts and picture sheets, as pure functions from plain data to a [`Drawing`].
//!
//! A drawing is a list of shapes at exact places. It is written twice, as SVG and as PNG, and both look alike because all
//! layout is done before, with the metrics of a font that is part of the program. Nothing here depends on tensors, on the
//! fonts of the machine, or on the clock: the same data give the same bytes.
//!
//! | function | draws |
//! |---|---|
//! | [`learning_curves`] | loss, score and learning rate of a run, panel under panel |
//! | [`bars()`] | numbers by name, side by side |
//! | [`comparison()`] | several measures of several things |
//! | [`graph()`] | operations and what they take from each other |
//! | [`histogram()`] | how values spread |
//! | [`regression_scatter`] | predicted against true values |
//! | [`class_map()`] | points in the plane by class |
//! | [`plots()`] | fields, contours, points and curves in a plane, plot beside plot |
//! | [`animation()`] | drawings one after the other |
//! | [`trade_offs`] | what one quantity costs in another |
//! | [`confusion_matrix`] | which class is taken for which |
//! | [`mistakes_sheet`], [`picture_sheet`], [`rows_sheet`] | pictures with captions |

mod animation;
mod bars;
mod bitmap;
mod class_map;
mod color;
mod comparison;
mod confusion;
mod contours;
mod curves;
mod drawing;
mod font;
mod graph;
mod histogram;
mod number;
mod panel;
mod plots;
mod raster;
mod save;
mod scale;
mod scatter;
mod sheet;
mod svg;
#[cfg(test)]
mod tests;
mod trade_off;

pub use animation::animation;
pub use bars::{BarSeries, bars};
pub use bitmap::Picture;
pub use class_map::{ClassMap, class_map};
pub use color::Color;
pub use comparison::{Measure, comparison};
pub use confusion::confusion_matrix;
pub use curves::{LearningCurves, TrainValidation, learning_curves};
pub use drawing::Drawing;
pub use graph::{GraphNode, graph};
pub use histogram::histogram;
pub use plots::{Axis, Field, Mark, Plot, Shade, plots};
pub use scatter::regression_scatter;
pub use sheet::{Captioned, Mistake, mistakes_sheet, picture_sheet, rows_sheet};
pub use trade_off::{Note, TradeOff, TradeOffSeries, trade_offs};
