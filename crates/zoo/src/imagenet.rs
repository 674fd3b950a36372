//! The thousand classes of ImageNet's contest, in the order in which published networks answer.

/// The classes' names, as torchvision gives them (BSD-3-Clause); the order is that of the contest's 2012 synsets.
pub fn classes() -> impl Iterator<Item = &'static str> {
    include_str!("imagenet_classes.txt").lines()
}

#[cfg(test)]
mod tests {
    use super::classes;

    #[test]
    fn there_are_a_thousand_in_the_contests_order() {
        let names: Vec<&str> = classes().collect();
        assert_eq!(names.len(), 1000);
        assert_eq!([names[0], names[243], names[999]], ["tench", "bull mastiff", "toilet tissue"]);
    }
}
