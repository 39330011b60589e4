//! The model behind the window: opened on a thread of its own, then run by a composing worker.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, TryRecvError, channel};

use eframe::egui::Context;

use crate::compose::Worker;
use crate::model::{DeviceError, DeviceName, Network, NetworkError, open_device};
use crate::settings::{ModelFileError, ModelSource, open_checkpoint};

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
    /// Its name.
    pub(super) model: String,
    /// Where it came from, in words.
    pub(super) source: String,
    /// What it runs on, in words.
    pub(super) device: String,
}

/// How far the opening has got.
#[derive(Debug)]
pub(super) enum Engine {
    /// Under way.
    Opening(Receiver<Result<Opened, OpenError>>),
    /// Done.
    Ready(Ready),
    /// It failed, and the window has been told; it stays without a model.
    Failed,
}

/// What the opening thread hands over.
type Opened = (Network, ModelSource);

impl Engine {
    /// Begins to open the model, from `flag` or wherever the settings say.
    pub(super) fn open(flag: Option<PathBuf>, ctx: &Context) -> Self {
        let (sender, receiver) = channel();
        let ctx = ctx.clone();
        let failed = sender.clone();
        let thread = std::thread::Builder::new().name("model".to_owned()).spawn(move || {
            // A window that is gone needs no model.
            let _ = sender.send(open(flag));
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
            Ok(ready) => (Self::Ready(ready), Ok(())),
            Err(error) => (Self::Failed, Err(error)),
        };
        *self = engine;
        result
    }

    /// The model, if it is open.
    pub(super) fn ready(&self) -> Option<&Ready> {
        match self {
            Self::Ready(ready) => Some(ready),
            _ => None,
        }
    }
}

fn open(flag: Option<PathBuf>) -> Result<Opened, OpenError> {
    let (checkpoint, source) = open_checkpoint(flag.as_deref())?;
    let network = Network::new(&checkpoint, open_device(DeviceName::Auto)?, None)?;
    Ok((network, source))
}

impl Ready {
    fn new((network, source): Opened, ctx: &Context) -> Result<Self, OpenError> {
        let model = network.name().to_owned();
        let device = device_words(network.device());
        let waker = ctx.clone();
        let worker = Worker::spawn(Arc::new(network), move || waker.request_repaint())?;
        Ok(Self { worker, model, source: source.to_string(), device })
    }
}

fn device_words(device: DeviceName) -> String {
    match device {
        DeviceName::Auto | DeviceName::Cpu => "Processor".to_owned(),
        DeviceName::Cuda(0) => "NVIDIA graphics card".to_owned(),
        DeviceName::Cuda(n) => format!("NVIDIA graphics card {}", n + 1),
        DeviceName::Metal => "Apple graphics".to_owned(),
    }
}
