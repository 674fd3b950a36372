//! Pooling of pictures and sequences.

use gradus_core::{Pool1d, Pool2d};

use crate::reference::Family;

#[test]
fn pooling_agrees_with_pytorch() {
    let mut f = Family::read("pooling");
    let overlapping = Pool2d::new(3).stride(2);
    f.case("max_pool2d", |x| x[0].max_pool2d(2));
    f.case("max_pool2d overlapping", |x| x[0].max_pool2d(overlapping));
    f.case("max_pool2d sides", |x| x[0].max_pool2d(Pool2d::new([3, 2]).stride([1, 2])));
    f.case("max_pool2d padding", |x| x[0].max_pool2d(overlapping.padding(1)));
    f.case("max_pool2d dilation", |x| x[0].max_pool2d(Pool2d::new(2).dilation(3)));
    f.case("max_pool2d ceil", |x| x[0].max_pool2d(overlapping.ceil()));
    f.case("max_pool2d adaptive", |x| x[0].adaptive_max_pool2d([3, 4]));
    f.case("max_pool2d global", |x| x[0].global_max_pool2d());
    f.case("avg_pool2d", |x| x[0].avg_pool2d(2));
    f.case("avg_pool2d overlapping", |x| x[0].avg_pool2d(overlapping));
    f.case("avg_pool2d padding", |x| x[0].avg_pool2d(overlapping.padding(1)));
    f.case("avg_pool2d inside", |x| x[0].avg_pool2d(overlapping.padding(1).count_padding(false)));
    f.case("avg_pool2d ceil", |x| x[0].avg_pool2d(overlapping.ceil()));
    f.case("avg_pool2d ceil padding", |x| x[0].avg_pool2d(Pool2d::new(4).stride(3).padding(1).ceil()));
    f.case("avg_pool2d adaptive", |x| x[0].adaptive_avg_pool2d([3, 4]));
    f.case("avg_pool2d global", |x| x[0].global_avg_pool2d());
    f.case("l2_pool2d", |x| x[0].l2_pool2d(2));
    f.case("l2_pool2d overlapping", |x| x[0].l2_pool2d(overlapping));
    f.case("weighted_pool2d", |x| x[0].weighted_pool2d(&x[1], overlapping));
    f.case("max_pool1d", |x| x[0].max_pool1d(3));
    f.case("max_pool1d padding", |x| x[0].max_pool1d(Pool1d::new(3).stride(2).padding(1)));
    f.case("max_pool1d dilation", |x| x[0].max_pool1d(Pool1d::new(3).stride(2).dilation(2)));
    f.case("max_pool1d ceil", |x| x[0].max_pool1d(Pool1d::new(3).stride(2).ceil()));
    f.case("max_pool1d adaptive", |x| x[0].adaptive_max_pool1d(4));
    f.case("avg_pool1d", |x| x[0].avg_pool1d(3));
    f.case("avg_pool1d padding", |x| x[0].avg_pool1d(Pool1d::new(3).stride(2).padding(1)));
    f.case("avg_pool1d inside", |x| x[0].avg_pool1d(Pool1d::new(3).stride(2).padding(1).count_padding(false)));
    f.case("avg_pool1d adaptive", |x| x[0].adaptive_avg_pool1d(4));
    f.case("l2_pool1d", |x| x[0].l2_pool1d(3));
    f.finish();
}
