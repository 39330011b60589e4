//! What runs the network agrees with what it is measured against: the kernels with candle's step,
//! and both with PyTorch.

use std::collections::BTreeMap;
use std::path::PathBuf;

use reelsmith::model::import::{ImportError, import_pytorch};
use reelsmith::model::kernels::{Format, Isa};
use reelsmith::model::{
    Cell, Checkpoint, DeviceName, Network, Parameters, Precision, Shape, Token, Vocabulary, open_device,
};
use reelsmith::train::corpus::Tune;
use reelsmith::train::engine::CpuEngine;
use reelsmith::train::init::start_weights;

/// The network on candle.
fn network(checkpoint: &Checkpoint) -> Network {
    Network::on_candle(checkpoint, open_device(DeviceName::Cpu).expect("a CPU")).expect("weights on the CPU")
}

/// The network on the fused step.
fn fused(checkpoint: &Checkpoint, format: Format) -> Network {
    let network = Network::new(checkpoint, open_device(DeviceName::Cpu).expect("a CPU"), Some(format));
    let network = network.expect("weights on the CPU");
    assert!(network.kernel().ends_with(&format.to_string()), "{}", network.kernel());
    network
}

fn checkpoint(shape: Shape) -> Checkpoint {
    let mut names = Vocabulary::reference().names().to_vec();
    names.truncate(shape.vocabulary);
    let vocabulary = Vocabulary::new(names).expect("a vocabulary");
    Checkpoint { vocabulary, parameters: start_weights(shape, 3), facts: BTreeMap::new() }
}

/// The loss of a text by the network's own steps, in nats.
fn loss_by_steps(network: &Network, tokens: &[Token]) -> f64 {
    let mut state = network.start().expect("a state");
    let mut nats = 0.0;
    for pair in tokens.windows(2) {
        let logits = network.step(&mut state, pair[0]).expect("runs");
        let sum: f64 = logits.iter().map(|&l| f64::from(l).exp()).sum();
        nats += sum.ln() - f64::from(logits[pair[1] as usize]);
    }
    nats
}

#[test]
fn the_kernels_give_the_losses_of_candle_s_steps() {
    for shape in [
        Shape::REFERENCE,
        Shape { cell: Cell::Lstm, vocabulary: 50, embedding: 9, layers: 1, hidden: 21 },
        Shape { cell: Cell::Lstm, vocabulary: 50, embedding: 9, layers: 3, hidden: 10 },
    ] {
        let checkpoint = checkpoint(shape);
        let tokens: Vec<Token> = (0..90).map(|i| (i * i + 3) % shape.vocabulary as u32).collect();
        let expected = loss_by_steps(&network(&checkpoint), &tokens);
        for isa in Isa::available() {
            let mut engine = CpuEngine::<f32>::new(isa, shape, 1).expect("threads");
            let tally = engine.losses(&checkpoint.parameters, &[Tune { tokens: tokens.clone(), body: 0 }]);
            let nats = tally.whole.nats;
            assert!((nats / expected - 1.0).abs() < 1e-5, "{isa}, {shape}: {nats} for {expected}");
        }
    }
}

#[test]
fn a_checkpoint_survives_the_file_and_half_precision_costs_a_thousandth() {
    let checkpoint =
        checkpoint(Shape { cell: Cell::Gru, vocabulary: 60, embedding: 8, layers: 2, hidden: 12 });
    let whole = Checkpoint::from_bytes(&checkpoint.to_bytes(Precision::F32).expect("written")).expect("read");
    assert_eq!(whole, checkpoint);
    let half = Checkpoint::from_bytes(&checkpoint.to_bytes(Precision::F16).expect("written")).expect("read");
    let worst = half.parameters.values().iter().zip(checkpoint.parameters.values());
    assert!(worst.map(|(a, b)| (a - b).abs() / b.abs().max(1e-3)).fold(0.0, f32::max) < 1e-3);
}

/// The folder beside the project with the checkpoint to be measured against.
fn shared(name: &str) -> Option<PathBuf> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/reference").join(name);
    if path.exists() {
        return Some(path);
    }
    eprintln!("skipped: {name} is not beside the project");
    None
}

#[test]
fn an_imported_checkpoint_gives_pytorch_s_logits() {
    let (Some(file), Some(logits)) = (shared("flask-demo-model.pt"), shared("flask-demo-logits.json")) else {
        return;
    };
    #[derive(serde::Deserialize)]
    struct Expected {
        tokens: Vec<Token>,
        logits: Vec<Vec<f64>>,
    }
    let expected: Expected =
        serde_json::from_slice(&std::fs::read(logits).expect("readable")).expect("tokens and logits");
    let checkpoint = import_pytorch(&file, Vocabulary::reference()).expect("imported");
    assert_eq!(checkpoint.shape(), Shape::REFERENCE);
    for network in [network(&checkpoint), fused(&checkpoint, Format::F32)] {
        let mut state = network.start().expect("a state");
        let mut worst: f64 = 0.0;
        for (token, expected) in expected.tokens.iter().zip(&expected.logits) {
            let logits = network.step(&mut state, *token).expect("runs");
            assert_eq!(logits.len(), expected.len());
            let differences = logits.iter().zip(expected).map(|(&a, b)| (f64::from(a) - b).abs());
            worst = differences.fold(worst, f64::max);
        }
        println!("{}: {} tokens, greatest difference {worst:.2e}", network.kernel(), expected.tokens.len());
        assert!(worst < 1e-4, "{worst:e}");
    }
}

/// Tunes of the public domain, from O'Neill's, Aird's and Ryan's collections, in the network's form.
const TUNES: &str = include_str!("fixtures/tunes.abc");

#[test]
fn the_fused_step_foretells_a_text_as_candle_does() {
    let checkpoint = reelsmith::settings::open_checkpoint(None).expect("the one inside the program").0;
    let tokens: Vec<Vec<Token>> = TUNES
        .split("\n\n")
        .map(|tune| checkpoint.vocabulary.encode(tune).expect("in the vocabulary"))
        .collect();
    let characters: usize = tokens.iter().map(|t| t.len() - 1).sum();
    assert!(characters > 4000);
    let loss =
        |network: &Network| tokens.iter().map(|t| loss_by_steps(network, t)).sum::<f64>() / characters as f64;
    let expected = loss(&network(&checkpoint));
    for (format, most) in [(Format::F32, 1e-5), (Format::F16, 0.002), (Format::Int8, 0.002)] {
        let difference = (loss(&fused(&checkpoint, format)) - expected).abs();
        println!("{format}: {difference:.1e} nats a character from {expected:.4}");
        assert!(difference < most, "{format}: {difference}");
    }
}

#[test]
fn a_vocabulary_of_another_size_is_refused_at_import() {
    let Some(file) = shared("flask-demo-model.pt") else { return };
    let mut names = Vocabulary::reference().names().to_vec();
    names.pop();
    let error = import_pytorch(&file, Vocabulary::new(names).expect("a vocabulary")).expect_err("refused");
    assert!(matches!(error, ImportError::VocabularySize { network: 99, vocabulary: 98 }), "{error}");
}

#[test]
fn files_that_are_no_state_dicts_are_refused_at_import() {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, bytes) in
        [("empty.pt", &b""[..]), ("text.pt", b"no pickle at all"), ("zip.pt", b"PK\x03\x04\0\0")]
    {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).expect("written");
        let error = import_pytorch(&path, Vocabulary::reference()).expect_err("refused");
        assert!(matches!(error, ImportError::Unreadable(_)), "{name}: {error}");
    }
}

#[test]
fn parameters_of_the_wrong_length_come_back() {
    assert_eq!(Parameters::from_values(Shape::REFERENCE, vec![0.0f32; 3]), Err(vec![0.0; 3]));
}
