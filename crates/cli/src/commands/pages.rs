//! `gradus models --pages`: a page for each family, its table and its block's picture from the registry itself.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use gradus::io::write_atomic;
use gradus::nn::Context;
use gradus::zoo::{self, Block, Family, Interface};
use gradus::{Error, Rng, dry_run, init};

use super::{blocks, models};
use crate::draw::Drawing;
use crate::failure::Failure;

/// What stands above this line of a page is written by hand and kept.
const MARK: &str = "<!-- Below: written by `gradus models --pages`. -->";

/// Writes the pages of all families, and their list.
pub fn write(folder: &Path) -> Result<(), Failure> {
    fs::create_dir_all(folder).map_err(Error::io(folder, "create"))?;
    let mut list = String::from("# Networks\n\nEvery network of the registry by the paper that it comes from.\n\n");
    list += "| year | family | what it brought |\n|---|---|---|\n";
    for family in zoo::families() {
        let _ = writeln!(list, "| {} | [{}]({1}.md) | {} |", family.year, family.name, family.brought);
        page(folder, family)?;
    }
    write_atomic(&folder.join("README.md"), list.as_bytes())?;
    Ok(())
}

/// The block that a family's networks repeat; where they repeat none, the first network.
fn drawn(family: &Family) -> Result<Drawing, Failure> {
    let first = family.members.first().expect("a family has a member");
    let (title, part) = if let Some(block) = family.block {
        (format!("The block of {}", family.name), init::blank(|| block(&mut Rng::new(1))))
    } else {
        let interface = Interface { input: first.input.to_vec(), outputs: first.outputs };
        let module = init::blank(|| (first.config)().build(&interface, &mut Rng::new(1)))?;
        (first.name.to_owned(), Block { module, input: first.input })
    };
    let [height, width, channels] = part.input;
    let ops = dry_run([1, height, width, channels], |x| part.module.forward(x, &mut Context::eval()))?;
    Ok(blocks::draw(&title, "", &part.input, &ops))
}

fn page(folder: &Path, family: &Family) -> Result<(), Failure> {
    let path = folder.join(format!("{}.md", family.name));
    let by_hand = match fs::read_to_string(&path) {
        Ok(text) => text.split(MARK).next().unwrap_or_default().trim_end().to_owned(),
        Err(_) => format!("# {}", family.name),
    };
    let mut text = format!("{by_hand}\n\n{MARK}\n\nPaper: {} ({}).\n\n", family.paper, family.year);
    let caption = if family.block.is_some() { "The block that its networks repeat" } else { "The network" };
    write_atomic(&folder.join(format!("{}.svg", family.name)), drawn(family)?.svg().as_bytes())?;
    let _ = writeln!(text, "![{caption}]({}.svg)\n", family.name);
    text +=
        "| network | parameters | multiplies | input | outputs | top-1 | weights |\n|---|---|---|---|---|---|---|\n";
    for member in family.members {
        let costs = member.costs()?;
        let [height, width, channels] = member.input;
        let top1 = member.top1.map_or_else(|| "-".into(), |top1| format!("{top1:.1} %"));
        let weights = member.weights.map_or_else(|| "-".into(), |weights| format!("[published]({})", weights.url));
        let sides = match costs.side_parameters {
            0 => String::new(),
            more => format!(" ({} with side branches)", costs.parameters + more),
        };
        let _ = writeln!(
            text,
            "| {} | {}{sides} | {} | {height}x{width}x{channels} | {} | {top1} | {weights} |",
            member.name, costs.parameters, costs.multiplies, member.outputs
        );
    }
    let first = family.members.first().expect("a family has a member");
    let _ = write!(
        text,
        "\nOptions of `{0}`, as in a config's `[model]`:\n\n```toml\n{1}```\n\n```sh\ngradus inspect {0}\ngradus train --model {0}{2}\n```\n",
        first.name,
        models::options_of(first),
        if first.input[0] > 64 { " --data PICTURES" } else { "" }
    );
    write_atomic(&path, text.as_bytes())?;
    Ok(())
}
