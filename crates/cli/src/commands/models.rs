//! `gradus models`: the networks by name.

use std::io::Write;

use gradus::Error;
use gradus::zoo::{self, Costs, Family, Member};

use crate::args::ModelsArgs;
use crate::failure::Failure;

/// Prints every network, family by family, or one with its options.
pub fn run(args: &ModelsArgs) -> Result<(), Failure> {
    if let Some(folder) = &args.pages {
        return super::pages::write(folder);
    }
    match &args.name {
        Some(name) => one(zoo::member(name)?),
        None if args.json => json(),
        None => all(),
    }
}

fn all() -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    for family in zoo::families() {
        writeln!(out, "{}\n  {} ({})", family.brought, family.paper, family.year)?;
        writeln!(out, "  {}", heading())?;
        for member in family.members {
            writeln!(out, "  {}", row(member)?)?;
        }
        writeln!(out)?;
    }
    writeln!(out, "top-1 is what was published, in per cent: on ImageNet for 1000 outputs, on CIFAR-10 for 10")?;
    writeln!(out, "one network, its options and where its weights are:  gradus models resnet18")?;
    writeln!(out, "train one:   gradus train --model resnet20")?;
    writeln!(out, "see inside:  gradus inspect resnet18")?;
    Ok(())
}

fn heading() -> String {
    format!(
        "{:<22} {:>11} {:>14} {:>11} {:>7} {:>6}  weights",
        "network", "parameters", "multiplies", "input", "outputs", "top-1"
    )
}

fn row(member: &Member) -> Result<String, Error> {
    let Costs { parameters, side_parameters, multiplies } = member.costs()?;
    let [height, width, channels] = member.input;
    let top1 = member.top1.map_or_else(|| "-".into(), |top1| format!("{top1:.1}"));
    let weights = if member.weights.is_some() { "published" } else { "-" };
    let sides = match side_parameters {
        0 => String::new(),
        more => format!("; {} parameters with side branches", parameters + more),
    };
    Ok(format!(
        "{:<22} {parameters:>11} {multiplies:>14} {:>11} {:>7} {top1:>6}  {weights}{sides}",
        member.name,
        format!("{height}x{width}x{channels}"),
        member.outputs,
    ))
}

fn one(member: &Member) -> Result<(), Failure> {
    let family: &Family = zoo::family_of(member);
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}\n{} ({})\n", family.brought, family.paper, family.year)?;
    writeln!(out, "{}\n{}\n\noptions, as in a config's [model]:", heading(), row(member)?)?;
    for line in options_of(member).lines() {
        writeln!(out, "  {line}")?;
    }
    if let Some(weights) = &member.weights {
        let preprocess = weights.preprocess;
        writeln!(out, "\nweights: {}", weights.url)?;
        writeln!(
            out,
            "pictures: shorter side to {}, {} middle {}x{}, (x - mean) / deviation with mean {:?}, deviation {:?}",
            preprocess.resize,
            preprocess.interpolation.name(),
            preprocess.crop,
            preprocess.crop,
            preprocess.mean,
            preprocess.deviation
        )?;
        writeln!(out, "\nnext:  gradus predict PHOTO.jpg --model {} --weights FILE.pth", member.name)?;
    }
    Ok(())
}

/// A network's options with their defaults, a line each.
pub fn options_of(member: &Member) -> String {
    (member.config)().options().to_string()
}

fn json() -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    for family in zoo::families() {
        for member in family.members {
            let Costs { parameters, side_parameters, multiplies } = member.costs()?;
            let entry = serde_json::json!({
                "name": member.name, "family": family.name, "paper": family.paper, "year": family.year,
                "parameters": parameters, "side_parameters": side_parameters, "multiplies": multiplies, "input": member.input,
                "outputs": member.outputs, "top1": member.top1, "weights": member.weights.map(|weights| weights.url),
            });
            writeln!(out, "{entry}")?;
        }
    }
    Ok(())
}
