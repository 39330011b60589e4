//! `reelsmith-cli train`: a new network, or more of one.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};
use reelsmith::model::kernels::{Bf16Pair, Isa};
use reelsmith::model::{Cell, DeviceName, Parameters, Shape, Vocabulary, open_device};
use reelsmith::settings::open_checkpoint;
use reelsmith::train::autograd::AutogradEngine;
use reelsmith::train::corpus::Corpus;
use reelsmith::train::engine::{CpuEngine, Engine};
use reelsmith::train::settings::{Schedule, Settings};
use reelsmith::train::trainer::{Outcome, Report, Task, TrainError, Trainer, saved_settings};

use super::CliError;

/// Train a network on a corpus of tunes.
///
/// DIR gets best.safetensors and last.safetensors (checkpoints), metrics.csv, TensorBoard events,
/// curves.svg and state.safetensors, from which --resume goes on. Stop it as you like: at most one
/// --save-every interval is lost.
#[derive(Debug, clap::Args)]
pub struct Train {
    /// The tunes to learn: JSON in the schema of IrishMAN, "abc notation" a record.
    #[arg(long, value_name = "FILE")]
    corpus: PathBuf,
    /// The tunes kept aside to judge by, in the same schema.
    #[arg(long, value_name = "FILE")]
    validation: PathBuf,
    /// The folder of this training.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Go on with the training in DIR; its recipe is kept.
    #[arg(long)]
    resume: bool,
    /// Start from the weights of this checkpoint instead of fresh ones.
    #[arg(long, value_name = "CHECKPOINT", conflicts_with = "resume")]
    from: Option<PathBuf>,
    /// A recipe in TOML, its names those of the flags below with _ for -; flags go before it.
    #[arg(long, value_name = "FILE", conflicts_with = "resume")]
    settings: Option<PathBuf>,
    /// The name the checkpoints go by.
    #[arg(long, default_value = "unnamed")]
    name: String,
    /// Where to compute: cpu, auto, cuda, cuda:1, metal. GRU networks and other devices go through
    /// candle's autograd.
    #[arg(long, default_value = "cpu")]
    device: DeviceName,
    /// Threads on the CPU; 0 is one a core.
    #[arg(long, default_value_t = 0)]
    threads: usize,
    /// What products are computed in on the CPU: f32, bf16 (sums stay f32), or auto, which is bf16
    /// where the CPU has instructions for it.
    #[arg(long, default_value = "auto", value_parser = parse_precision)]
    precision: Precision,
    /// Save the state every so many seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 120)]
    save_every: u64,
    /// Write a line to the log every so many steps.
    #[arg(long, value_name = "STEPS", default_value_t = 50, value_parser = clap::value_parser!(u64).range(1..))]
    log_every: u64,
    #[command(flatten)]
    recipe: Recipe,
}

/// The recipe. The defaults are those of the Flask demo: Adam 1e-3, 32 tunes a batch, dropout 0.3,
/// gradient norm 1, plateau schedule, 10 epochs.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Recipe")]
struct Recipe {
    /// Recurrent cell: lstm, gru [default: lstm].
    #[arg(long, value_parser = parse_cell)]
    cell: Option<Cell>,
    /// Width of the embedding [default: 128].
    #[arg(long, value_name = "N")]
    embedding: Option<usize>,
    /// Recurrent layers [default: 2].
    #[arg(long, value_name = "N")]
    layers: Option<usize>,
    /// Hidden units a layer [default: 256].
    #[arg(long, value_name = "N")]
    hidden: Option<usize>,
    /// Passes over the corpus [default: 10].
    #[arg(long, value_name = "N")]
    epochs: Option<u64>,
    /// Tunes a batch [default: 32].
    #[arg(long, value_name = "N")]
    batch: Option<usize>,
    /// Characters a batch, about, instead of --batch.
    #[arg(long, value_name = "N")]
    batch_characters: Option<usize>,
    /// Greatest step size [default: 0.001].
    #[arg(long, value_name = "RATE")]
    learning_rate: Option<f64>,
    /// Step size: plateau or cosine [default: plateau].
    #[arg(long, value_parser = parse_schedule)]
    schedule: Option<Schedule>,
    /// Steps in which the step size rises from nought [default: 0].
    #[arg(long, value_name = "STEPS")]
    warm_up: Option<u64>,
    /// Plateau: the step size is multiplied by this … [default: 0.5].
    #[arg(long)]
    factor: Option<f64>,
    /// … after more than so many epochs without a better validation loss [default: 2].
    #[arg(long, value_name = "EPOCHS")]
    patience: Option<u64>,
    /// End after so many epochs without a better validation loss; 0 never [default: 3].
    #[arg(long, value_name = "EPOCHS")]
    stop_after: Option<u64>,
    /// Share dropped of the embedding and between layers [default: 0.3].
    #[arg(long, value_name = "SHARE")]
    dropout: Option<f32>,
    /// Share dropped of the embedding, if another [default: as --dropout].
    #[arg(long, value_name = "SHARE")]
    embedding_dropout: Option<f32>,
    /// Greatest norm of the gradient [default: 1].
    #[arg(long, value_name = "NORM")]
    clip: Option<f64>,
    /// Decoupled weight decay [default: 0].
    #[arg(long, value_name = "SHARE")]
    weight_decay: Option<f64>,
    /// Decay of the running average of the weights; 0 is no average [default: 0].
    #[arg(long, value_name = "DECAY")]
    average: Option<f64>,
    /// Learn every tune so many times more in other keys of its mode, where it fits a fiddle
    /// [default: 0].
    #[arg(long, value_name = "COPIES")]
    other_keys: Option<usize>,
    /// Random seed of start weights, order, dropout and keys [default: 0].
    #[arg(long)]
    seed: Option<u64>,
}

/// What products are computed in on the CPU.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Precision {
    /// bf16 where the CPU has it, else f32.
    Auto,
    /// Single precision.
    F32,
    /// bf16, summed in single precision.
    Bf16,
}

fn parse_precision(text: &str) -> Result<Precision, String> {
    match text {
        "auto" => Ok(Precision::Auto),
        "f32" => Ok(Precision::F32),
        "bf16" if Isa::detect().has_bf16() => Ok(Precision::Bf16),
        "bf16" => Err("this CPU has no instructions for bf16: say f32 or auto".to_owned()),
        _ => Err("say auto, f32 or bf16".to_owned()),
    }
}

fn parse_cell(text: &str) -> Result<Cell, String> {
    match text {
        "lstm" => Ok(Cell::Lstm),
        "gru" => Ok(Cell::Gru),
        _ => Err("say lstm or gru".to_owned()),
    }
}

fn parse_schedule(text: &str) -> Result<Schedule, String> {
    match text {
        "plateau" => Ok(Schedule::Plateau),
        "cosine" => Ok(Schedule::Cosine),
        _ => Err("say plateau or cosine".to_owned()),
    }
}

impl Recipe {
    /// The settings with every flag that was given.
    fn over(&self, settings: Settings) -> Settings {
        Settings {
            cell: self.cell.unwrap_or(settings.cell),
            embedding: self.embedding.unwrap_or(settings.embedding),
            layers: self.layers.unwrap_or(settings.layers),
            hidden: self.hidden.unwrap_or(settings.hidden),
            epochs: self.epochs.unwrap_or(settings.epochs),
            batch: self.batch.unwrap_or(settings.batch),
            batch_characters: self.batch_characters.or(settings.batch_characters),
            learning_rate: self.learning_rate.unwrap_or(settings.learning_rate),
            schedule: self.schedule.unwrap_or(settings.schedule),
            warm_up: self.warm_up.unwrap_or(settings.warm_up),
            factor: self.factor.unwrap_or(settings.factor),
            patience: self.patience.unwrap_or(settings.patience),
            stop_after: self.stop_after.unwrap_or(settings.stop_after),
            dropout: self.dropout.unwrap_or(settings.dropout),
            embedding_dropout: self.embedding_dropout.or(settings.embedding_dropout),
            clip: self.clip.unwrap_or(settings.clip),
            weight_decay: self.weight_decay.unwrap_or(settings.weight_decay),
            average: self.average.unwrap_or(settings.average),
            other_keys: self.other_keys.unwrap_or(settings.other_keys),
            seed: self.seed.unwrap_or(settings.seed),
        }
    }
}

impl Train {
    /// Runs the command.
    pub fn run(self) -> Result<ExitCode, CliError> {
        let vocabulary = Vocabulary::reference();
        let settings = self.recipe.over(self.base(&vocabulary)?);
        settings.validate().map_err(TrainError::Settings)?;
        let mut training = read_corpus(&self.corpus, &vocabulary)?;
        if settings.other_keys > 0 {
            training = training.in_other_keys(settings.other_keys, settings.seed, &vocabulary);
            eprintln!("In other keys too: {} tunes, {} characters", training.tunes.len(), training.steps());
        }
        let validation = read_corpus(&self.validation, &vocabulary)?;

        let shape = settings.shape(vocabulary.len());
        let (engine_name, mut engine) = open_engine(shape, self.device, self.threads, self.precision)?;
        eprintln!("{engine_name}; {shape} with {} parameters", shape.parameters());
        let mut facts = BTreeMap::from([
            ("name".to_owned(), self.name.clone()),
            ("trained by".to_owned(), format!("reelsmith {}, {engine_name}", env!("CARGO_PKG_VERSION"))),
        ]);
        let from = match &self.from {
            Some(path) => Some(read_start(path, &vocabulary, &mut facts)?),
            None => None,
        };
        let task = Task {
            settings,
            from,
            vocabulary: &vocabulary,
            training: &training,
            validation: &validation,
            folder: &self.out,
            save_every: Duration::from_secs(self.save_every),
            log_every: self.log_every,
            facts,
        };
        let mut trainer = match self.resume {
            true => Trainer::resume(task, engine.as_mut())?,
            false => Trainer::start(task, engine.as_mut())?,
        };
        let mut progress = Progress::new(trainer.total_steps(), trainer.steps());
        let outcome = trainer.run(&mut |report| {
            progress.show(&report);
            ControlFlow::Continue(())
        })?;
        progress.bar.finish_and_clear();
        let what = match outcome {
            Outcome::Finished => "All epochs are done",
            Outcome::StoppedEarly => "The validation loss no longer falls",
            Outcome::Interrupted => "Interrupted; --resume goes on",
        };
        eprintln!("{what}. The checkpoints are in {}.", self.out.display());
        Ok(ExitCode::SUCCESS)
    }

    /// The recipe before any flag: the resumed training's, the file's, or the default.
    fn base(&self, vocabulary: &Vocabulary) -> Result<Settings, CliError> {
        if self.resume {
            return Ok(saved_settings(&self.out, vocabulary).map_err(TrainError::State)?);
        }
        let Some(path) = &self.settings else { return Ok(Settings::default()) };
        let text = std::fs::read_to_string(path).map_err(CliError::file("read", path))?;
        toml::from_str(&text).map_err(|reason| CliError::Recipe { path: path.clone(), reason })
    }
}

/// The weights of the checkpoint a training starts from; what it had learnt by goes to the facts.
fn read_start(
    path: &Path,
    vocabulary: &Vocabulary,
    facts: &mut BTreeMap<String, String>,
) -> Result<Parameters, CliError> {
    let (checkpoint, _) = open_checkpoint(Some(path))?;
    if checkpoint.vocabulary != *vocabulary {
        return Err(CliError::OtherVocabulary { path: path.to_owned() });
    }
    for (before, fact) in
        [("earlier recipe", "recipe"), ("earlier epochs", "epochs"), ("earlier characters", "characters")]
    {
        facts.extend(checkpoint.facts.get(fact).map(|value| (before.to_owned(), value.clone())));
    }
    Ok(checkpoint.parameters)
}

/// What computes losses and gradients for a shape on a device, and its name.
pub fn open_engine(
    shape: Shape,
    device: DeviceName,
    threads: usize,
    precision: Precision,
) -> Result<(String, Box<dyn Engine>), CliError> {
    let (name, device) = open_device(device)?;
    if name != DeviceName::Cpu || shape.cell != Cell::Lstm {
        return Ok((format!("candle's autograd on {name}"), Box::new(AutogradEngine::new(device))));
    }
    let threads = match threads {
        0 => std::thread::available_parallelism().map_or(1, usize::from),
        n => n,
    };
    let isa = Isa::detect();
    let bf16 = precision != Precision::F32 && isa.has_bf16();
    let engine: Box<dyn Engine> = match bf16 {
        true => Box::new(CpuEngine::<Bf16Pair>::new(isa, shape, threads)?),
        false => Box::new(CpuEngine::<f32>::new(isa, shape, threads)?),
    };
    let precision = if bf16 { "bf16" } else { "f32" };
    Ok((format!("own kernels on {isa}, {precision}, {threads} threads"), engine))
}

/// Reads a corpus and says what in it was left out.
pub fn read_corpus(path: &Path, vocabulary: &Vocabulary) -> Result<Corpus, CliError> {
    let corpus = Corpus::read(path, vocabulary)?;
    eprintln!("{}: {} tunes, {} characters", path.display(), corpus.tunes.len(), corpus.steps());
    if !corpus.rejected.is_empty() {
        eprintln!("  {} records left out:", corpus.rejected.len());
        for rejected in corpus.rejected.iter().take(10) {
            let id = rejected.id.as_deref().map(|id| format!(" ({id})")).unwrap_or_default();
            eprintln!("  record {}{id}: {}", rejected.index, rejected.reason);
        }
        if corpus.rejected.len() > 10 {
            eprintln!("  and {} more", corpus.rejected.len() - 10);
        }
    }
    if corpus.unknown_characters > 0 {
        eprintln!("  {} characters are outside the vocabulary and read as <unk>", corpus.unknown_characters);
    }
    Ok(corpus)
}

/// The progress bar, and a line for each validation.
struct Progress {
    bar: ProgressBar,
    since: Instant,
    characters: u64,
    loss: f64,
}

impl Progress {
    fn new(total: u64, done: u64) -> Self {
        let bar = ProgressBar::new(total);
        bar.set_position(done);
        bar.reset_eta();
        let style = ProgressStyle::with_template("{bar:30} step {pos} of {len}, {msg}, {eta} left");
        if let Ok(style) = style {
            bar.set_style(style);
        }
        Self { bar, since: Instant::now(), characters: 0, loss: f64::NAN }
    }

    fn show(&mut self, report: &Report<'_>) {
        match report {
            Report::Step(step) => {
                self.characters += step.characters;
                // Smoothed: a single batch says little.
                self.loss = if self.loss.is_nan() { step.loss } else { 0.95 * self.loss + 0.05 * step.loss };
                let speed = self.characters as f64 / self.since.elapsed().as_secs_f64();
                self.bar.set_message(format!("loss {:.4}, {speed:.0} characters a second", self.loss));
                self.bar.set_length(step.total.max(step.step));
                self.bar.set_position(step.step);
            }
            // Without a terminal the bar is silent; the log's lines then tell how it goes.
            Report::Logged(record) if self.bar.is_hidden() => eprintln!(
                "epoch {:.3}, step {}: loss {:.4}, top-1 {:.4}, rate {:.2e}, {:.0} s",
                record.epoch, record.step, record.loss, record.top1, record.learning_rate, record.seconds
            ),
            Report::Logged(_) => {}
            Report::Validated(record, best) => {
                let line = format!(
                    "epoch {}: validation loss {:.4} nats a character{}, top-1 {:.2} %, top-5 {:.2} %, {:.0} s{}",
                    record.epoch,
                    record.loss,
                    record.body_loss.map(|b| format!(" ({b:.4} from K: on)")).unwrap_or_default(),
                    100.0 * record.top1,
                    100.0 * record.top5,
                    record.seconds,
                    if *best { ", the best so far" } else { "" },
                );
                if self.bar.is_hidden() { eprintln!("{line}") } else { self.bar.println(line) }
            }
        }
    }
}
