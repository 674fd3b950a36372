use super::*;
use crate::Real;
use crate::testing::{assert_close, assert_same_for_any_threads, numbers};
use proptest::prelude::*;

/// The flat inputs of each output, from the definition.
fn windows(window: Window, length: usize) -> Vec<Vec<usize>> {
    match window {
        Window::Adaptive { count } => (0..count)
            .map(|o| {
                let bound = |o: usize| o as f64 * length as f64 / count as f64;
                (bound(o).floor() as usize..bound(o + 1).ceil() as usize).collect()
            })
            .collect(),
        Window::Sliding { kernel, stride, padding, dilation } => {
            let padded = length + padding[0] + padding[1];
            (0..padded.saturating_sub(dilation * (kernel - 1)))
                .step_by(stride)
                .map(|start| {
                    let inputs = (0..kernel).map(|k| start + k * dilation);
                    inputs.filter(|i| (padding[0]..padding[0] + length).contains(i)).map(|i| i - padding[0]).collect()
                })
                .collect()
        }
    }
}

/// A shape with the places that each output's window covers.
struct Case {
    shape: PoolShape,
    covered: Vec<Vec<usize>>,
}

impl Case {
    fn new(shape: PoolShape) -> Case {
        let (rows, columns) = (windows(shape.rows, shape.in_height), windows(shape.columns, shape.in_width));
        let place = |y: &usize, x: &usize| y * shape.in_width + x;
        let covered = rows
            .iter()
            .flat_map(|rows| {
                columns.iter().map(move |columns| {
                    rows.iter().flat_map(|y| columns.iter().map(move |x| place(y, x))).collect::<Vec<_>>()
                })
            })
            .collect();
        Case { shape, covered }
    }

    /// For each output its picture's offset, its channel and its window.
    fn each(&self, mut f: impl FnMut(usize, usize, usize, &[usize])) {
        let c = self.shape.channels;
        let picture = self.shape.in_height * self.shape.in_width * c;
        for b in 0..self.shape.batch {
            for (o, window) in self.covered.iter().enumerate() {
                for channel in 0..c {
                    f((b * self.covered.len() + o) * c + channel, b * picture, channel, window);
                }
            }
        }
    }

    fn check(&self) {
        let PoolShape { batch, in_height, in_width, channels: c, .. } = self.shape;
        assert_eq!(self.shape.out_height() * self.shape.out_width(), self.covered.len());
        let inputs = batch * in_height * in_width * c;
        let outputs = batch * self.covered.len() * c;
        // Few different values, so that windows have equal maxima.
        let x: Vec<Real> = numbers(inputs, 1).iter().map(|x| (x * 8.0).round()).collect();
        let dy = numbers(outputs, 2);
        let (mut out, mut places, mut dx) = (vec![0.5; outputs], vec![7; outputs], vec![0.5; inputs]);

        let (mut best, mut best_places, mut gradient) = (vec![0.0; outputs], vec![0; outputs], vec![0.0; inputs]);
        self.each(|o, picture, channel, window| {
            let first = window.iter().fold(window[0], |best, &place| {
                if x[picture + place * c + channel] > x[picture + best * c + channel] { place } else { best }
            });
            best_places[o] = first as u32;
            best[o] = x[picture + first * c + channel];
            gradient[picture + first * c + channel] += dy[o];
        });
        max_with_places(&self.shape, false, &x, &mut out, &mut places);
        assert_eq!((&out, &places), (&best, &best_places));
        out.fill(0.5);
        max(&self.shape, false, &x, &mut out);
        assert_eq!(out, best);
        scatter_places(&self.shape, &dy, &places, &mut dx);
        assert_close(&dx, &gradient, 1e-6);
        gather_places(&self.shape, &x, &places, &mut out);
        assert_eq!(out, best);
        self.check_relu(&x, &dy);

        for count_padding in [false, true] {
            let full = |window: Window| match window {
                Window::Sliding { kernel, .. } => kernel,
                Window::Adaptive { .. } => 0,
            };
            let all = full(self.shape.rows) * full(self.shape.columns);
            let (mut means, mut gradient) = (vec![0.0; outputs], vec![0.0; inputs]);
            self.each(|o, picture, channel, window| {
                let count = if count_padding && all > 0 { all } else { window.len() } as Real;
                means[o] = window.iter().map(|place| x[picture + place * c + channel]).sum::<Real>() / count;
                for place in window {
                    gradient[picture + place * c + channel] += dy[o] / count;
                }
            });
            average(&self.shape, count_padding, &x, &mut out);
            assert_close(&out, &means, 2e-6);
            average_backward(&self.shape, count_padding, &dy, &mut dx);
            assert_close(&dx, &gradient, 2e-6);
        }
    }
}

impl Case {
    /// A ReLU in the same pass is one before it.
    fn check_relu(&self, x: &[Real], dy: &[Real]) {
        let positive: Vec<Real> = x.iter().map(|x| x.max(0.0)).collect();
        let outputs = dy.len();
        let [mut out, mut expected, mut again] = [0.5; 3].map(|start| vec![start; outputs]);
        let mut places = vec![7; outputs];
        max(&self.shape, false, &positive, &mut expected);
        max_with_places(&self.shape, true, x, &mut out, &mut places);
        max(&self.shape, true, x, &mut again);
        assert_eq!((&out, &again), (&expected, &expected));
        let [mut dx, mut gradient] = [0.5; 2].map(|start| vec![start; x.len()]);
        scatter_places(&self.shape, dy, &places, &mut dx);
        // The plain gradient at the plain places, cut off where x is not positive.
        max_with_places(&self.shape, false, x, &mut out, &mut places);
        scatter_places(&self.shape, dy, &places, &mut gradient);
        gradient.iter_mut().zip(x).for_each(|(g, x)| *g = if *x > 0.0 { *g } else { 0.0 });
        assert_eq!(dx, gradient);
        max_with_places(&self.shape, true, x, &mut out, &mut places);
        gather_places(&self.shape, x, &places, &mut out);
        assert_eq!(out, expected);
    }
}

fn sliding() -> impl Strategy<Value = Window> {
    (1_usize..4, 1_usize..4, 1_usize..3).prop_flat_map(|(kernel, stride, dilation)| {
        let pad = 0..kernel.div_ceil(2);
        (pad.clone(), pad).prop_map(move |(before, after)| Window::Sliding {
            kernel,
            stride,
            padding: [before, after],
            dilation,
        })
    })
}

fn adaptive() -> impl Strategy<Value = Window> {
    (1_usize..9).prop_map(|count| Window::Adaptive { count })
}

fn any_window() -> impl Strategy<Value = Window> {
    prop_oneof![3 => sliding(), 1 => adaptive()]
}

proptest! {
    #[test]
    fn pooling_meets_the_definition(
        batch in 1_usize..3,
        in_height in 6_usize..12,
        in_width in 6_usize..12,
        channels in 1_usize..20,
        windows in (sliding(), sliding()).boxed().prop_union((adaptive(), adaptive()).boxed())
    ) {
        let (rows, columns) = windows;
        Case::new(PoolShape { batch, in_height, in_width, channels, rows, columns }).check();
    }

    #[test]
    fn a_window_knows_its_taps(window in any_window(), length in 6_usize..30) {
        let expected = windows(window, length);
        prop_assert_eq!(window.outputs(length), expected.len());
        for (output, expected) in expected.into_iter().enumerate() {
            let Taps { first, end, step } = window.taps(length, output);
            prop_assert_eq!((first..end).step_by(step).collect::<Vec<_>>(), expected);
        }
    }
}

const HALVES: Window = Window::Sliding { kernel: 2, stride: 2, padding: [0, 0], dilation: 1 };
const OVERLAPPING: Window = Window::Sliding { kernel: 3, stride: 2, padding: [1, 1], dilation: 1 };

#[test]
fn pooling_in_several_tasks_meets_the_definition() {
    for window in [HALVES, OVERLAPPING, Window::Adaptive { count: 7 }, Window::Adaptive { count: 1 }] {
        let shape = PoolShape { batch: 5, in_height: 28, in_width: 26, channels: 33, rows: window, columns: window };
        Case::new(shape).check();
    }
}

#[test]
fn threads_do_not_change_bits() {
    let shape =
        PoolShape { batch: 4, in_height: 41, in_width: 41, channels: 16, rows: OVERLAPPING, columns: OVERLAPPING };
    let x = numbers(4 * 41 * 41 * 16, 1);
    assert_same_for_any_threads(|| {
        let outputs = 4 * shape.out_height() * shape.out_width() * 16;
        let (mut out, mut places, mut dx) = (vec![0.0; outputs], vec![0; outputs], vec![0.0; x.len()]);
        max_with_places(&shape, false, &x, &mut out, &mut places);
        scatter_places(&shape, &out, &places, &mut dx);
        let mut all = [out.clone(), dx.clone()].concat();
        average(&shape, true, &x, &mut out);
        average_backward(&shape, true, &out, &mut dx);
        all.extend(out);
        all.extend(dx);
        all
    });
}

#[test]
fn a_nan_is_not_hidden() {
    let shape = PoolShape { batch: 1, in_height: 2, in_width: 2, channels: 1, rows: HALVES, columns: HALVES };
    for place in 0..4 {
        let mut x = [1.0, 2.0, 3.0, 4.0];
        x[place] = Real::NAN;
        let (mut out, mut places) = ([0.0], [9]);
        max_with_places(&shape, false, &x, &mut out, &mut places);
        assert!(out[0].is_nan() && places[0] as usize == place);
        max(&shape, false, &x, &mut out);
        assert!(out[0].is_nan());
    }
}

#[test]
#[should_panic(expected = "covers none of 4 inputs")]
fn a_window_in_the_padding_alone_is_refused() {
    Window::Sliding { kernel: 2, stride: 2, padding: [2, 0], dilation: 1 }.outputs(4);
}

#[test]
#[should_panic(expected = "a window of 5 over 4 inputs")]
fn a_window_larger_than_the_input_is_refused() {
    Window::Sliding { kernel: 3, stride: 1, padding: [0, 0], dilation: 2 }.outputs(4);
}
