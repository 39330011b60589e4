//! The training itself: epochs, batches, checkpoints, and the log of how it goes.

use std::collections::BTreeMap;
use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::corpus::Corpus;
use super::csv::MetricsCsv;
use super::curves::draw_curves;
use super::dropout::Dropout;
use super::engine::{Engine, EngineError};
use super::init::start_weights;
use super::metrics::{Counts, Tally};
use super::optimiser::{Adam, clip};
use super::plan::epoch_batches;
use super::record::{Part, Record, ReportError};
use super::schedule::Progress;
use super::settings::{Settings, SettingsError};
use super::state::{Place, State, StateError, fingerprint, state_path};
use super::tensorboard::EventFile;
use crate::files::{remove_unfinished, write_atomically};
use crate::model::{Checkpoint, CheckpointError, Parameters, Precision, Shape, Vocabulary};

/// What stops a training.
#[derive(Debug, thiserror::Error)]
pub enum TrainError {
    /// The recipe makes no sense.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The folder holds a training already.
    #[error("{0} holds a training already: resume it with --resume, or choose another folder")]
    AlreadyThere(PathBuf),
    /// The resumed training had another recipe.
    #[error("the training in {0} was started with other settings; a resumed training keeps its recipe")]
    OtherSettings(PathBuf),
    /// The weights to start from are another network's.
    #[error("the weights to start from are those of {found}; the recipe asks for {wanted}")]
    OtherShape {
        /// The network they belong to.
        found: Shape,
        /// The network of the recipe.
        wanted: Shape,
    },
    /// The resumed training learnt from other tunes.
    #[error("the training in {0} was started on another corpus")]
    OtherCorpus(PathBuf),
    /// The state could not be kept or read.
    #[error(transparent)]
    State(#[from] StateError),
    /// The log could not be written.
    #[error(transparent)]
    Report(#[from] ReportError),
    /// A file of the training could not be written.
    #[error("{path} cannot be written: {source}")]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A checkpoint could not be made.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// The device failed.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The loss is no longer a number.
    #[error("the loss is {loss} at step {step}: the training has diverged; a smaller learning rate helps")]
    Diverged {
        /// The optimiser step.
        step: u64,
        /// NaN or infinite.
        loss: f64,
    },
}

/// What a training tells while it runs.
#[derive(Debug)]
pub enum Report<'a> {
    /// A step was taken.
    Step(StepReport),
    /// A line was written to the log.
    Logged(&'a Record),
    /// An epoch has ended with this validation; true if it is the best so far.
    Validated(&'a Record, bool),
}

/// How far the training is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StepReport {
    /// Steps taken, of so many.
    pub step: u64,
    /// Steps of the whole training.
    pub total: u64,
    /// Whole epochs done.
    pub epoch: u64,
    /// Loss of this batch, nats a character.
    pub loss: f64,
    /// Characters of this batch.
    pub characters: u64,
}

/// Where a training stands when it stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// All epochs done.
    Finished,
    /// The validation loss no longer improved.
    StoppedEarly,
    /// The caller asked for it; `--resume` goes on.
    Interrupted,
}

/// What a training learns from, and where it keeps its files.
#[derive(Debug, Clone)]
pub struct Task<'a> {
    /// The recipe.
    pub settings: Settings,
    /// The weights to start from; without, those of the recipe's seed.
    pub from: Option<Parameters>,
    /// What tokens mean.
    pub vocabulary: &'a Vocabulary,
    /// The tunes to learn.
    pub training: &'a Corpus,
    /// The tunes kept aside.
    pub validation: &'a Corpus,
    /// The training's folder.
    pub folder: &'a Path,
    /// How often the state is saved.
    pub save_every: Duration,
    /// How often, in steps, a line goes to the log.
    pub log_every: u64,
    /// Facts for the checkpoints beyond those the trainer knows: name, engine, data notice.
    pub facts: BTreeMap<String, String>,
}

/// A training under way.
pub struct Trainer<'a> {
    task: Task<'a>,
    engine: &'a mut dyn Engine,
    state: State,
    csv: MetricsCsv,
    events: EventFile,
    steps_an_epoch: u64,
    started: Instant,
    seconds_before: f64,
}

impl std::fmt::Debug for Trainer<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Trainer")
            .field("task", &self.task)
            .field("place", &self.state.place)
            .finish_non_exhaustive()
    }
}

impl<'a> Trainer<'a> {
    /// Starts a training in an empty (or missing) folder.
    ///
    /// # Errors
    /// If the recipe makes no sense, the weights to start from are of another shape, or the folder holds
    /// a training already or cannot be written.
    pub fn start(task: Task<'a>, engine: &'a mut dyn Engine) -> Result<Self, TrainError> {
        task.settings.validate()?;
        if state_path(task.folder).exists() {
            return Err(TrainError::AlreadyThere(task.folder.to_owned()));
        }
        let shape = task.settings.shape(task.vocabulary.len());
        let parameters = match &task.from {
            Some(weights) if weights.shape() == shape => weights.clone(),
            Some(weights) => return Err(TrainError::OtherShape { found: weights.shape(), wanted: shape }),
            None => start_weights(shape, task.settings.seed),
        };
        fs::create_dir_all(task.folder)
            .map_err(|source| TrainError::Write { path: task.folder.to_owned(), source })?;
        let state = State {
            average: (task.settings.average > 0.0).then(|| parameters.clone()),
            parameters,
            adam: Adam::new(shape),
            place: Place {
                fingerprint: fingerprint(task.training, task.validation),
                settings: task.settings.clone(),
                epoch: 0,
                batch: 0,
                steps: 0,
                characters: 0,
                seconds: 0.0,
                since_log: Tally::default(),
                progress: Progress::new(),
            },
        };
        Self::with_state(task, engine, state)
    }

    /// Takes a training up where its state was last saved.
    ///
    /// # Errors
    /// If there is none, it is damaged, or its recipe or corpus was another.
    pub fn resume(task: Task<'a>, engine: &'a mut dyn Engine) -> Result<Self, TrainError> {
        let state = State::load(task.folder, task.vocabulary)?;
        if state.place.settings != task.settings {
            return Err(TrainError::OtherSettings(task.folder.to_owned()));
        }
        if state.place.fingerprint != fingerprint(task.training, task.validation) {
            return Err(TrainError::OtherCorpus(task.folder.to_owned()));
        }
        Self::with_state(task, engine, state)
    }

    fn with_state(task: Task<'a>, engine: &'a mut dyn Engine, state: State) -> Result<Self, TrainError> {
        remove_unfinished(task.folder)
            .map_err(|source| TrainError::Write { path: task.folder.to_owned(), source })?;
        let csv = MetricsCsv::open(&task.folder.join("metrics.csv"), state.place.steps)?;
        let events = EventFile::create(task.folder)?;
        let steps_an_epoch = epoch_batches(&task.training.tunes, &task.settings, 0).len() as u64;
        let seconds_before = state.place.seconds;
        Ok(Self { task, engine, state, csv, events, steps_an_epoch, started: Instant::now(), seconds_before })
    }

    /// Steps of the whole training, if it is not stopped early. Batches cut by characters differ a
    /// little in number from epoch to epoch; the first epoch's number stands for all.
    pub fn total_steps(&self) -> u64 {
        self.steps_an_epoch * self.task.settings.epochs
    }

    /// Optimiser steps taken so far, also before a resumption.
    pub fn steps(&self) -> u64 {
        self.state.place.steps
    }

    /// Trains to the end, telling `observe` of every step; `Break` saves the state and stops.
    ///
    /// # Errors
    /// If the loss diverges, the device fails or a file cannot be written.
    pub fn run(
        &mut self,
        observe: &mut dyn FnMut(Report<'_>) -> ControlFlow<()>,
    ) -> Result<Outcome, TrainError> {
        while self.state.place.epoch < self.task.settings.epochs {
            if self.state.place.progress.exhausted(&self.task.settings) {
                return Ok(Outcome::StoppedEarly);
            }
            if self.epoch(observe)?.is_break() {
                self.save_state()?;
                return Ok(Outcome::Interrupted);
            }
        }
        Ok(Outcome::Finished)
    }

    /// The rest of the current epoch, and its validation.
    fn epoch(
        &mut self,
        observe: &mut dyn FnMut(Report<'_>) -> ControlFlow<()>,
    ) -> Result<ControlFlow<()>, TrainError> {
        let task = self.task.clone();
        let batches = epoch_batches(&task.training.tunes, &task.settings, self.state.place.epoch);
        let mut gradient = Parameters::zeros(self.state.parameters.shape());
        let mut saved = Instant::now();
        while let Some(batch) = batches.get(self.state.place.batch) {
            let tunes: Vec<_> = batch.iter().map(|&i| &task.training.tunes[i]).collect();
            let (tally, norm, rate) = self.step(&tunes, &mut gradient)?;
            self.state.place.since_log += tally;
            let mut flow = observe(Report::Step(StepReport {
                step: self.state.place.steps,
                total: self.total_steps(),
                epoch: self.state.place.epoch,
                loss: tally.whole.loss(),
                characters: tally.whole.characters,
            }));
            let last = self.state.place.batch == batches.len();
            if last || self.state.place.steps.is_multiple_of(task.log_every) {
                let counted = std::mem::take(&mut self.state.place.since_log);
                let within = self.state.place.batch as f64 / batches.len() as f64;
                let record = self.record(Part::Train, &counted.whole, within, rate, Some(norm));
                self.log(&record)?;
                if observe(Report::Logged(&record)).is_break() {
                    flow = ControlFlow::Break(());
                }
            }
            if last {
                break;
            }
            if flow.is_break() {
                return Ok(flow);
            }
            if saved.elapsed() >= task.save_every {
                self.save_state()?;
                saved = Instant::now();
            }
        }
        self.end_epoch(observe)
    }

    /// One optimiser step; gives what was counted, the gradient's norm and the step size.
    fn step(
        &mut self,
        tunes: &[&super::corpus::Tune],
        gradient: &mut Parameters,
    ) -> Result<(Tally, f64, f64), TrainError> {
        let total = self.total_steps();
        let State { parameters, adam, average, place } = &mut self.state;
        let settings = &self.task.settings;
        let dropout = Dropout {
            embedding: settings.embedding_dropout(),
            between: settings.dropout,
            seed: settings.seed,
            step: place.steps,
        };
        let tally = self.engine.learn(parameters, tunes, &dropout, gradient)?;
        let norm = clip(gradient, settings.clip);
        let loss = tally.whole.loss();
        if !loss.is_finite() || !norm.is_finite() {
            return Err(TrainError::Diverged { step: place.steps, loss });
        }
        let rate = place.progress.rate(place.steps, total, settings);
        adam.step(parameters, gradient, rate, settings);
        if let Some(average) = average {
            let decay = average_decay(settings.average, place.steps);
            for (mean, &value) in average.values_mut().iter_mut().zip(parameters.values()) {
                *mean += (1.0 - decay) as f32 * (value - *mean);
            }
        }
        place.steps += 1;
        place.batch += 1;
        place.characters += tally.whole.characters;
        Ok((tally, norm, rate))
    }

    fn end_epoch(
        &mut self,
        observe: &mut dyn FnMut(Report<'_>) -> ControlFlow<()>,
    ) -> Result<ControlFlow<()>, TrainError> {
        let rate =
            self.state.place.progress.rate(self.state.place.steps, self.total_steps(), &self.task.settings);
        let evaluated = self.state.average.as_ref().unwrap_or(&self.state.parameters);
        let tally = self.engine.evaluate(evaluated, &self.task.validation.tunes)?;
        let loss = tally.whole.loss();
        if !loss.is_finite() {
            return Err(TrainError::Diverged { step: self.state.place.steps, loss });
        }
        let mut record = self.record(Part::Validation, &tally.whole, 1.0, rate, None);
        record.body_loss = (tally.body.characters > 0).then(|| tally.body.loss());
        let best = self.state.place.progress.epoch_ended(loss, &self.task.settings);
        self.log(&record)?;
        if best {
            self.write_checkpoint("best.safetensors", &record)?;
        }
        self.write_checkpoint("last.safetensors", &record)?;
        (self.state.place.epoch, self.state.place.batch) = (self.state.place.epoch + 1, 0);
        self.save_state()?;
        self.draw()?;
        Ok(observe(Report::Validated(&record, best)))
    }

    fn record(&self, part: Part, counts: &Counts, within: f64, rate: f64, norm: Option<f64>) -> Record {
        Record {
            part,
            step: self.state.place.steps,
            epoch: self.state.place.epoch as f64 + within,
            characters: self.state.place.characters,
            seconds: self.seconds(),
            learning_rate: rate,
            loss: counts.loss(),
            top1: counts.top1_share(),
            top5: counts.top5_share(),
            body_loss: None,
            gradient_norm: norm,
        }
    }

    fn log(&mut self, record: &Record) -> Result<(), TrainError> {
        self.csv.append(record)?;
        self.events.append(record)?;
        Ok(())
    }

    fn seconds(&self) -> f64 {
        self.seconds_before + self.started.elapsed().as_secs_f64()
    }

    fn save_state(&mut self) -> Result<(), TrainError> {
        self.state.place.seconds = self.seconds();
        Ok(self.state.save(self.task.folder)?)
    }

    fn write_checkpoint(&self, name: &str, record: &Record) -> Result<(), TrainError> {
        let parameters = self.state.average.as_ref().unwrap_or(&self.state.parameters).clone();
        let mut facts = self.task.facts.clone();
        let recipe = toml::to_string(&self.task.settings).unwrap_or_else(|e| format!("(not written: {e})"));
        facts.insert("recipe".into(), recipe);
        facts.insert("epochs".into(), format!("{}", record.epoch));
        facts.insert("steps".into(), record.step.to_string());
        facts.insert("characters".into(), record.characters.to_string());
        facts.insert("training tunes".into(), self.task.training.tunes.len().to_string());
        facts.insert("validation loss".into(), format!("{:.4} nats a character", record.loss));
        if let Some(body) = record.body_loss {
            facts.insert("validation loss from K: on".into(), format!("{body:.4} nats a character"));
        }
        facts.insert("validation top-1".into(), format!("{:.4}", record.top1));
        facts.insert("validation top-5".into(), format!("{:.4}", record.top5));
        let checkpoint = Checkpoint { vocabulary: self.task.vocabulary.clone(), parameters, facts };
        let path = self.task.folder.join(name);
        write_atomically(&path, &checkpoint.to_bytes(Precision::F32)?)
            .map_err(|source| TrainError::Write { path, source })
    }

    /// The picture of the curves so far.
    fn draw(&self) -> Result<(), TrainError> {
        let records = MetricsCsv::read(&self.task.folder.join("metrics.csv"))?;
        let picture = draw_curves(&[("this training", &records)])?;
        let path = self.task.folder.join("curves.svg");
        write_atomically(&path, picture.as_bytes()).map_err(|source| TrainError::Write { path, source })
    }
}

/// The average's decay at a step: shorter at the start, so that the start weights are soon forgotten.
fn average_decay(decay: f64, steps: u64) -> f64 {
    decay.min((1.0 + steps as f64) / (10.0 + steps as f64))
}

/// The recipe of the training in a folder.
///
/// # Errors
/// If there is none or it is damaged.
pub fn saved_settings(folder: &Path, vocabulary: &Vocabulary) -> Result<Settings, StateError> {
    State::load(folder, vocabulary).map(|state| state.place.settings)
}
