//! `gradus svm`: a support vector machine on one's own data: train, evaluate, predict.

mod model;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::{Args, Subcommand, ValueEnum};
use gradus::Error;
use gradus::data::csv::TableOptions;
use gradus::data::{OpenOptions, Splits, TargetMeaning, split};
use gradus::learn::points::Points;
use gradus::learn::scaling::Scaling;
use gradus::learn::svm::{Classifier, Kernel, SvmOptions};

use crate::commands::json_file;
use crate::commands::report::check_folder;
use crate::failure::Failure;
use model::Model;

/// What to do with a machine.
#[derive(Subcommand)]
pub enum SvmCommand {
    /// Train on a table (or other data with classes), judge by a part held out, and save.
    Train(TrainArgs),
    /// Judge a saved machine by data with classes.
    Eval(EvalArgs),
    /// Predict the class of each row of a table.
    Predict(PredictArgs),
}

/// The options of `svm train`.
#[derive(Args)]
pub struct TrainArgs {
    /// A table (CSV) or other data with classes.
    #[arg(long, value_name = "FILE")]
    data: PathBuf,
    /// The column of classes [default: the last].
    #[arg(long, value_name = "COLUMN")]
    target: Option<String>,
    /// The kernel.
    #[arg(long, value_enum, default_value_t = KernelName::Rbf)]
    kernel: KernelName,
    /// C, the price of a point inside the margin.
    #[arg(long = "c", short = 'C', value_name = "C", default_value_t = 1.0)]
    bound: f64,
    /// gamma of the RBF and polynomial kernels [default: 1 / (columns times the variance of all numbers)].
    #[arg(long)]
    gamma: Option<f64>,
    /// The degree of the polynomial kernel (gamma x'y + 1)^degree.
    #[arg(long, default_value_t = 3)]
    degree: u32,
    /// Learn probabilities too, by five folds.
    #[arg(long)]
    probability: bool,
    /// Take the columns as they are, instead of scaling each to mean 0 and standard deviation 1 on the training part.
    #[arg(long)]
    no_scaling: bool,
    /// The share held out to judge by, where the data has no test part; 0 for none.
    #[arg(long, value_name = "SHARE", default_value_t = 0.2)]
    held_out: f64,
    /// Which rows are held out, and the folds.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Where the machine is saved.
    #[arg(long, value_name = "FILE", default_value = "svm.json")]
    to: PathBuf,
}

#[derive(Clone, Copy, ValueEnum)]
enum KernelName {
    Linear,
    Rbf,
    Polynomial,
}

/// The options of `svm eval`.
#[derive(Args)]
pub struct EvalArgs {
    /// A machine that `svm train` saved.
    model: PathBuf,
    /// Data with classes.
    #[arg(long, value_name = "FILE")]
    data: PathBuf,
}

/// The options of `svm predict`.
#[derive(Args)]
pub struct PredictArgs {
    /// A machine that `svm train` saved.
    model: PathBuf,
    /// A table of the same columns; the class may be missing.
    #[arg(long, value_name = "FILE")]
    data: PathBuf,
}

/// Does it.
pub fn run(command: &SvmCommand) -> Result<(), Failure> {
    match command {
        SvmCommand::Train(args) => train(args),
        SvmCommand::Eval(args) => eval(args),
        SvmCommand::Predict(args) => predict(args),
    }
}

fn train(args: &TrainArgs) -> Result<(), Failure> {
    check_folder("--to", &args.to)?;
    if !(0.0..1.0).contains(&args.held_out) {
        return Err(Error::setting("held-out", format!("is {}; a share is from 0 to below 1", args.held_out)).into());
    }
    let table = TableOptions { target: args.target.clone(), ..Default::default() };
    let options = OpenOptions { table, targets: Some(TargetMeaning::Classes), ..Default::default() };
    let Splits { train, test, schema, .. } = gradus::data::open(&args.data, &options)?;
    let all = Points::of(&*train)?;
    let (mut points, held) = match test {
        Some(test) => (all, Some(Points::of(&*test)?)),
        None if args.held_out > 0.0 => {
            let shares = [1.0 - args.held_out, args.held_out];
            let parts = split(all.len(), Some(all.labels()), &shares, args.seed)?;
            (all.subset(&parts[0]), Some(all.subset(&parts[1])))
        }
        None => (all, None),
    };
    let scaling = (!args.no_scaling).then(|| Scaling::of(points.values(), points.dimension()));
    if let Some(scaling) = &scaling {
        points = points.scaled_by(scaling)?;
    }
    let gamma = args.gamma.unwrap_or_else(|| Kernel::usual_gamma(points.values(), points.dimension()));
    let kernel = match args.kernel {
        KernelName::Linear => Kernel::Linear,
        KernelName::Rbf => Kernel::Rbf { gamma },
        KernelName::Polynomial => Kernel::Polynomial { degree: args.degree, gamma, constant: 1.0 },
    };
    let (bound, probability, seed) = (args.bound, args.probability, args.seed);
    let options = SvmOptions { kernel, bound, probability, seed, ..Default::default() };
    let begin = Instant::now();
    let classifier = Classifier::train(&points, &options)?;
    let seconds = begin.elapsed().as_secs_f64();
    let model = Model { classifier, scaling, schema };
    let vectors: usize = model.classifier.machines().iter().map(|machine| machine.support().len()).sum();
    let mut out = crate::output::output();
    let (count, classes) = (points.len(), model.classifier.classes().len());
    writeln!(out, "{count} points of {} numbers, {classes} classes; trained in {seconds:.2} s", points.dimension())?;
    writeln!(out, "{vectors} support vectors in {} machine(s)", model.classifier.machines().len())?;
    writeln!(out, "right on the training part: {:.1} %", 100.0 * model.classifier.accuracy(&points))?;
    if let Some(held) = held {
        report(&mut out, &model, &held, "held out")?;
    }
    json_file::save(&model, &args.to)?;
    writeln!(out, "{}", args.to.display())?;
    Ok(())
}

/// How many are right, and which class is taken for which.
fn report(out: &mut impl Write, model: &Model, points: &Points, part: &str) -> Result<(), Failure> {
    let answers = model.predict(points)?;
    let classes = model.classifier.classes();
    let right = answers.iter().zip(points.labels()).filter(|(answer, label)| answer == label).count();
    let share = 100.0 * right as f64 / points.len() as f64;
    writeln!(out, "right on {} points {part}: {share:.1} %\n", points.len())?;
    for (label, name) in classes.iter().enumerate() {
        let of = || answers.iter().zip(points.labels()).filter(|(_, of)| **of == label as u32);
        let right = of().filter(|(answer, label)| answer == label).count();
        writeln!(out, "  {right:>6} of {:>6}  {name}", of().count())?;
    }
    writeln!(out)?;
    Ok(())
}

fn open(model: &Model, path: &Path) -> Result<Splits, Error> {
    let table = TableOptions { schema: model.schema.clone(), ..Default::default() };
    let classes = Some(model.classifier.classes().to_vec());
    gradus::data::open(
        path,
        &OpenOptions { table, classes, targets: Some(TargetMeaning::Classes), ..Default::default() },
    )
}

fn eval(args: &EvalArgs) -> Result<(), Failure> {
    let model = Model::open(&args.model)?;
    let Splits { train, test, .. } = open(&model, &args.data)?;
    let points = Points::of(&*test.unwrap_or(train))?;
    report(&mut crate::output::output(), &model, &points, &format!("of {}", args.data.display()))
}

fn predict(args: &PredictArgs) -> Result<(), Failure> {
    let model = Model::open(&args.model)?;
    let data = open(&model, &args.data)?.train;
    let mut row = vec![0.0; data.sample_len()];
    let mut values = Vec::with_capacity(data.len() * row.len());
    for index in 0..data.len() {
        data.read(index, &mut row)?;
        values.extend(row.iter().map(|value| f64::from(*value)));
    }
    let values = model.scaled(&values, data.sample_len())?;
    let answers = model.classifier.predict(&values);
    let probabilities = model.classifier.probabilities(&values);
    let mut out = crate::output::output();
    for (index, answer) in answers.iter().enumerate() {
        let name = &model.classifier.classes()[*answer as usize];
        let sure = probabilities.as_ref().map(|all| format!("  {:.1} %", 100.0 * all[index][*answer as usize]));
        writeln!(out, "{}: {name}{}", data.describe(index), sure.unwrap_or_default())?;
    }
    Ok(())
}
