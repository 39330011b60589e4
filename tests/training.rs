//! A training can be stopped and killed at any moment, goes on bit for bit, and learns.

use std::collections::BTreeMap;
use std::fs;
use std::ops::ControlFlow;
use std::path::Path;
use std::time::Duration;

use candle_core::Device;
use reelsmith::model::kernels::Isa;
use reelsmith::model::{Cell, Checkpoint, Parameters, Vocabulary};
use reelsmith::train::autograd::AutogradEngine;
use reelsmith::train::corpus::{Corpus, Tune};
use reelsmith::train::dropout::Dropout;
use reelsmith::train::engine::{CpuEngine, Engine, EngineError};
use reelsmith::train::metrics::Tally;
use reelsmith::train::settings::{Schedule, Settings};
use reelsmith::train::trainer::{Outcome, Report, Task, TrainError, Trainer};

fn settings() -> Settings {
    Settings {
        embedding: 6,
        hidden: 20,
        epochs: 3,
        batch: 4,
        learning_rate: 0.01,
        schedule: Schedule::Cosine,
        warm_up: 3,
        average: 0.9,
        weight_decay: 0.01,
        seed: 5,
        ..Settings::default()
    }
}

/// Tunes simple enough to be learnt in seconds.
fn corpus(first: usize, count: usize) -> Corpus {
    let vocabulary = Vocabulary::reference();
    let keys = ["D", "G", "Em", "A"];
    let tunes = (first..first + count)
        .map(|i| {
            let body = "|: dBAF DEFA | ".repeat(i % 3 + 1);
            Tune::new(&format!("X:1\nL:1/8\nM:4/4\nK:{}\n{body}D4 :|", keys[i % 4]), &vocabulary)
        })
        .collect();
    Corpus { tunes, rejected: Vec::new(), unknown_characters: 0 }
}

fn engine(settings: &Settings) -> CpuEngine {
    CpuEngine::<f32>::new(Isa::detect(), settings.shape(99), 2).expect("threads")
}

/// Trains in `folder`, stopping for good after `stop_at` steps; resumes if there is something to.
fn train(
    folder: &Path,
    settings: &Settings,
    engine: &mut dyn Engine,
    stop_at: u64,
) -> Result<Outcome, TrainError> {
    let (vocabulary, training, validation) = (Vocabulary::reference(), corpus(0, 30), corpus(3, 5));
    let task = Task {
        settings: settings.clone(),
        from: None,
        vocabulary: &vocabulary,
        training: &training,
        validation: &validation,
        folder,
        save_every: Duration::ZERO,
        log_every: 5,
        facts: BTreeMap::new(),
    };
    let mut trainer = if folder.join("state.safetensors").exists() {
        Trainer::resume(task, engine)?
    } else {
        Trainer::start(task, engine)?
    };
    trainer.run(&mut |report| match report {
        Report::Step(step) if step.step >= stop_at => ControlFlow::Break(()),
        _ => ControlFlow::Continue(()),
    })
}

fn checkpoint(folder: &Path, name: &str) -> Checkpoint {
    Checkpoint::from_bytes(&fs::read(folder.join(name)).expect("written")).expect("whole")
}

/// The log without the column of the time, which no two runs share.
fn log(folder: &Path) -> Vec<Vec<String>> {
    let text = fs::read_to_string(folder.join("metrics.csv")).expect("written");
    let mut lines = text.lines();
    let head: Vec<&str> = lines.next().expect("a header").split(',').collect();
    let seconds = head.iter().position(|name| name.contains("seconds")).expect("a column of seconds");
    lines
        .map(|line| {
            let mut cells: Vec<String> = line.split(',').map(str::to_owned).collect();
            cells.remove(seconds);
            cells
        })
        .collect()
}

#[test]
fn a_resumed_training_is_the_same_bit_for_bit() {
    let (whole, pieces) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    let settings = settings();
    assert_eq!(
        train(whole.path(), &settings, &mut engine(&settings), u64::MAX).expect("trained"),
        Outcome::Finished
    );
    for stop_at in [3, 7, 8, 13, 22, u64::MAX] {
        train(pieces.path(), &settings, &mut engine(&settings), stop_at).expect("trained");
    }
    for name in ["best.safetensors", "last.safetensors"] {
        assert_eq!(
            checkpoint(whole.path(), name).parameters,
            checkpoint(pieces.path(), name).parameters,
            "{name}"
        );
    }
    assert_eq!(log(whole.path()), log(pieces.path()));
}

#[test]
fn it_learns_and_keeps_the_best() {
    let folder = tempfile::tempdir().expect("a folder");
    let settings = Settings {
        epochs: 80,
        hidden: 48,
        learning_rate: 0.02,
        dropout: 0.0,
        average: 0.0,
        stop_after: 0,
        ..settings()
    };
    train(folder.path(), &settings, &mut engine(&settings), u64::MAX).expect("trained");
    let best = checkpoint(folder.path(), "best.safetensors");
    let tally = engine(&settings).losses(&best.parameters, &corpus(3, 5).tunes);
    assert!(tally.whole.loss() < 0.15, "{}", tally.whole.loss());
    assert!(tally.whole.top1_share() > 0.9 && tally.body.top5_share() > 0.95);
    for file in ["metrics.csv", "curves.svg"] {
        assert!(folder.path().join(file).exists(), "{file}");
    }
}

#[test]
fn a_gru_learns_on_autograd() {
    let folder = tempfile::tempdir().expect("a folder");
    let settings = Settings { cell: Cell::Gru, epochs: 12, learning_rate: 0.02, average: 0.0, ..settings() };
    train(folder.path(), &settings, &mut AutogradEngine::new(Device::Cpu), u64::MAX).expect("trained");
    let best = checkpoint(folder.path(), "best.safetensors");
    assert_eq!(best.shape().cell, Cell::Gru);
    let tally =
        AutogradEngine::new(Device::Cpu).evaluate(&best.parameters, &corpus(3, 5).tunes).expect("runs");
    assert!(tally.whole.loss() < 2.5, "{}", tally.whole.loss());
}

#[test]
fn another_recipe_or_corpus_is_refused_and_a_full_folder_too() {
    let folder = tempfile::tempdir().expect("a folder");
    let settings = settings();
    train(folder.path(), &settings, &mut engine(&settings), 3).expect("trained");
    let other = Settings { learning_rate: 0.02, ..settings.clone() };
    let refused = train(folder.path(), &other, &mut engine(&other), u64::MAX);
    assert!(matches!(refused, Err(TrainError::OtherSettings(_))), "{refused:?}");

    let (vocabulary, training) = (Vocabulary::reference(), corpus(1, 9));
    let task = Task {
        settings: settings.clone(),
        from: None,
        vocabulary: &vocabulary,
        training: &training,
        validation: &training,
        folder: folder.path(),
        save_every: Duration::ZERO,
        log_every: 5,
        facts: BTreeMap::new(),
    };
    let mut engine = engine(&settings);
    assert!(matches!(Trainer::resume(task.clone(), &mut engine), Err(TrainError::OtherCorpus(_))));
    assert!(matches!(Trainer::start(task, &mut engine), Err(TrainError::AlreadyThere(_))));
}

#[test]
fn a_training_starts_from_the_weights_it_is_given() {
    let folder = tempfile::tempdir().expect("a folder");
    let settings = settings();
    let (vocabulary, training) = (Vocabulary::reference(), corpus(0, 30));
    let names = ["given", "fresh", "narrow"].map(|name| folder.path().join(name));
    let task = |from, folder| Task {
        settings: settings.clone(),
        from,
        vocabulary: &vocabulary,
        training: &training,
        validation: &training,
        folder,
        save_every: Duration::ZERO,
        log_every: 1,
        facts: BTreeMap::new(),
    };
    let first_loss = |from, folder| {
        let mut engine = engine(&settings);
        let mut loss = None;
        let mut trainer = Trainer::start(task(from, folder), &mut engine).expect("started");
        let outcome = trainer.run(&mut |report| match report {
            Report::Step(step) => {
                loss.get_or_insert(step.loss);
                ControlFlow::Break(())
            }
            _ => ControlFlow::Continue(()),
        });
        assert_eq!(outcome.expect("run"), Outcome::Interrupted);
        loss.expect("a step")
    };
    // A network that says nothing is as sure of every character as of any other.
    let silent = Parameters::zeros(settings.shape(99));
    assert!((first_loss(Some(silent), &names[0]) - 99f64.ln()).abs() < 1e-5);
    assert!((first_loss(None, &names[1]) - 99f64.ln()).abs() > 1e-5);
    let narrow = Parameters::zeros(Settings { hidden: 3, ..settings.clone() }.shape(99));
    let refused = Trainer::start(task(Some(narrow), &names[2]), &mut engine(&settings)).err();
    assert!(matches!(refused, Some(TrainError::OtherShape { .. })), "{refused:?}");
}

#[test]
fn a_training_that_diverges_says_so_and_keeps_its_checkpoints() {
    let folder = tempfile::tempdir().expect("a folder");
    let settings = Settings {
        learning_rate: 1.0,
        clip: f64::MAX,
        weight_decay: 0.0,
        epochs: 60,
        stop_after: 0,
        ..settings()
    };
    let mut broken = Breaking { engine: engine(&settings), after: 12 };
    let result = train(folder.path(), &settings, &mut broken, u64::MAX);
    assert!(matches!(result, Err(TrainError::Diverged { step: 12, .. })), "{result:?}");
    checkpoint(folder.path(), "best.safetensors");
}

/// An engine whose losses are no numbers after some steps.
struct Breaking {
    engine: CpuEngine,
    after: u64,
}

impl Engine for Breaking {
    fn learn(
        &mut self,
        parameters: &Parameters,
        batch: &[&Tune],
        dropout: &Dropout,
        gradient: &mut Parameters,
    ) -> Result<Tally, EngineError> {
        let mut tally = self.engine.learn(parameters, batch, dropout, gradient)?;
        if dropout.step >= self.after {
            tally.whole.nats = f64::NAN;
        }
        Ok(tally)
    }

    fn evaluate(&mut self, parameters: &Parameters, tunes: &[Tune]) -> Result<Tally, EngineError> {
        self.engine.evaluate(parameters, tunes)
    }
}
