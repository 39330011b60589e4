//! The model behind the window: opened on a thread of its own, then run by a composing worker.

use std::io;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, TryRecvError, channel};
use std::time::{Duration, Instant};

use eframe::egui::Context;

use super::compose_panel::Device;
use super::pace::Pace;
use crate::compose::Worker;
use crate::model::kernels::TOGETHER;
use crate::model::{DeviceError, DeviceName, Network, NetworkError, Vocabulary, list_devices, open_device};
use crate::settings::{ModelFileError, ModelSource, open_source};

/// Characters of a tune of the corpus, on average.
const USUAL_TUNE: usize = 281;
/// Steps the network is timed over when it is opened: a few thousandths of a second on a processor.
const TIMED_STEPS: u32 = 48;

/// Why there is no model to compose with.
#[derive(Debug, thiserror::Error)]
pub(super) enum OpenError {
    /// The file.
    #[error(transparent)]
    File(#[from] ModelFileError),
    /// The device.
    #[error(transparent)]
    Device(#[from] DeviceError),
    /// The network on the device.
    #[error(transparent)]
    Network(#[from] NetworkError),
    /// The system gave no thread.
    #[error("no thread could be started: {0}")]
    Thread(#[from] io::Error),
    /// The thread ended without a word.
    #[error("the model could not be opened: the thread that did it broke off")]
    BrokeOff,
}

/// A model that is open.
#[derive(Debug)]
pub(super) struct Ready {
    /// Composes with it.
    pub(super) worker: Worker,
    /// The network itself.
    pub(super) network: Arc<Network>,
    /// Its name.
    pub(super) model: String,
    /// Where it came from.
    pub(super) source: ModelSource,
    /// The devices there are; the first is the one it runs on.
    pub(super) devices: Vec<Device>,
    /// What it reads and writes.
    pub(super) vocabulary: Vocabulary,
}

/// How far the opening has got.
#[derive(Debug)]
pub(super) enum Engine {
    /// Under way.
    Opening(Receiver<Result<Opened, OpenError>>),
    /// Done.
    Ready(Box<Ready>),
    /// It failed, and the window has been told; it stays without a model.
    Failed,
}

/// What the opening thread hands over.
#[derive(Debug)]
pub(super) struct Opened {
    network: Network,
    source: ModelSource,
    devices: Vec<Device>,
}

impl Engine {
    /// Begins to open a model on a device.
    pub(super) fn open(source: ModelSource, device: DeviceName, ctx: &Context) -> Self {
        let (sender, receiver) = channel();
        let ctx = ctx.clone();
        let failed = sender.clone();
        let thread = std::thread::Builder::new().name("model".to_owned()).spawn(move || {
            // A window that is gone needs no model.
            let _ = sender.send(open(source, device));
            ctx.request_repaint();
        });
        if let Err(error) = thread {
            let _ = failed.send(Err(error.into()));
        }
        Self::Opening(receiver)
    }

    /// Takes over a model that has been opened since the last call.
    ///
    /// # Errors
    /// Once, when the opening has failed.
    pub(super) fn poll(&mut self, ctx: &Context) -> Result<(), OpenError> {
        let Self::Opening(receiver) = self else { return Ok(()) };
        let opened = match receiver.try_recv() {
            Err(TryRecvError::Empty) => return Ok(()),
            Err(TryRecvError::Disconnected) => Err(OpenError::BrokeOff),
            Ok(opened) => opened,
        };
        let ready = opened.and_then(|opened| Ready::new(opened, ctx));
        let (engine, result) = match ready {
            Ok(ready) => (Self::Ready(Box::new(ready)), Ok(())),
            Err(error) => (Self::Failed, Err(error)),
        };
        *self = engine;
        result
    }

    /// So many tunes took so long.
    pub(super) fn timed(&mut self, tunes: usize, took: Duration) {
        if let Self::Ready(ready) = self
            && let (Some(device), Some(pace)) = (ready.devices.first_mut(), Pace::of(tunes, took))
        {
            device.pace = Some(pace);
        }
    }

    /// The model, if it is open.
    pub(super) fn ready(&self) -> Option<&Ready> {
        match self {
            Self::Ready(ready) => Some(ready),
            _ => None,
        }
    }
}

fn open(source: ModelSource, device: DeviceName) -> Result<Opened, OpenError> {
    let (checkpoint, source) = open_source(source)?;
    let network = Network::new(&checkpoint, open_device(device)?, None)?;
    let pace = Pace::of(TOGETHER, time_a_tune(&network)?);
    let others =
        list_devices().into_iter().filter(|found| found.state.is_ok() && found.name != network.device());
    let others = others.map(|found| Device { name: found.name, words: device_words(found.name), pace: None });
    let own = Device { name: network.device(), words: device_words(network.device()), pace };
    let devices = std::iter::once(own).chain(others).collect();
    Ok(Opened { network, source, devices })
}

/// How long a thread takes for as many tunes as it writes together, from the time of a few steps.
fn time_a_tune(network: &Network) -> Result<Duration, NetworkError> {
    let mut states = Vec::new();
    for _ in 0..TOGETHER {
        states.push(network.start()?);
    }
    let since = Instant::now();
    for _ in 0..TIMED_STEPS {
        let mut tunes: Vec<_> = states.iter_mut().map(|state| (state, network.vocabulary().sos())).collect();
        network.step_together(&mut tunes)?;
    }
    Ok(since.elapsed() * USUAL_TUNE as u32 / TIMED_STEPS)
}

impl Ready {
    fn new(opened: Opened, ctx: &Context) -> Result<Self, OpenError> {
        let Opened { network, source, devices } = opened;
        let model = network.name().to_owned();
        let vocabulary = network.vocabulary().clone();
        let waker = ctx.clone();
        let network = Arc::new(network);
        let worker = Worker::spawn(Arc::clone(&network), move || waker.request_repaint())?;
        Ok(Self { worker, network, model, source, devices, vocabulary })
    }
}

fn device_words(device: DeviceName) -> String {
    match device {
        DeviceName::Auto | DeviceName::Cpu => {
            match std::thread::available_parallelism().map_or(1, usize::from) {
                1 => "Processor".to_owned(),
                cores => format!("Processor, {cores} cores"),
            }
        }
        DeviceName::Cuda(0) => "NVIDIA graphics card".to_owned(),
        DeviceName::Cuda(n) => format!("NVIDIA graphics card {}", n + 1),
        DeviceName::Metal => "Apple graphics".to_owned(),
    }
}
