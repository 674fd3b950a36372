use super::*;

fn kernels(plan: &Plan) -> Vec<[usize; 2]> {
    plan.steps.iter().chain(&plan.fork).map(|step| step.kernel).collect()
}

#[test]
fn a_whole_kernel_sees_what_its_factors_see_together() {
    let whole = |plans: Vec<Plan>| plans.into_iter().map(|plan| kernels(&plan.whole())).collect::<Vec<_>>();
    assert_eq!(whole(block_a(32))[1..3], [vec![[1, 1], [5, 5]], vec![[1, 1], [5, 5]]]);
    assert_eq!(whole(block_b())[1], [[1, 1], [3, 3], [3, 3]], "one of them halves: they are no factors of a 5x5");
    assert_eq!(whole(block_c(128))[1..3], [vec![[1, 1], [7, 7]], vec![[1, 1], [7, 7], [7, 7]]]);
    assert_eq!(whole(block_d())[1], [[1, 1], [7, 7], [3, 3]]);
    assert_eq!(whole(block_e())[1..3], [vec![[1, 1], [3, 3]], vec![[1, 1], [3, 3], [3, 3]]]);
}
