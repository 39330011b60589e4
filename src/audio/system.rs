//! The system's own sound devices, by cpal.

use std::time::{Duration, Instant};

use cpal::traits::{DeviceTrait, HostTrait, StreamTrait};
use cpal::{
    BufferSize, ErrorKind, FromSample, Host, I24, OutputCallbackInfo, SampleFormat, SizedSample,
    StreamConfig, SupportedBufferSize, SupportedStreamConfig, U24,
};

use super::clock::Clock;
use super::device::{AudioError, Devices, Lost, OpenDevice, OutputDevice, Source, Stream, choose};
use super::frames;

/// How many frames are made at a time.
const BLOCK: usize = 256;

/// The devices of this system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SystemDevices {
    /// How far ahead of what is heard sound is made, as nearly as the device can: the more, the later a command
    /// is heard; the less, the sooner a busy computer makes gaps.
    pub ahead: Duration,
}

impl Default for SystemDevices {
    fn default() -> Self {
        Self { ahead: Duration::from_millis(50) }
    }
}

impl Devices for SystemDevices {
    fn list(&mut self) -> Result<Vec<OutputDevice>, AudioError> {
        Ok(named(&quiet_host())?.into_iter().map(|(device, _)| device).collect())
    }

    fn open(
        &mut self,
        wanted: Option<&str>,
        source: Box<dyn Source>,
        lost: Lost,
    ) -> Result<Stream, AudioError> {
        let device = find(&quiet_host(), wanted)?;
        let (open, config) = own_format(&device)?;
        let period = period(self.ahead, &config);
        start(&device, open, config.sample_format(), period, source, lost)
    }
}

/// The device the system plays on, or the one that is `wanted` by id or name, and how it takes sound.
///
/// # Errors
/// If there is none, or it cannot be asked.
pub fn output_device(wanted: Option<&str>) -> Result<OpenDevice, AudioError> {
    Ok(own_format(&find(&quiet_host(), wanted)?)?.0)
}

fn silent(error: cpal::Error) -> AudioError {
    AudioError::Silent(error.to_string())
}

/// The system's sound, with its messages kept off the terminal: what is wrong is in the errors.
fn quiet_host() -> Host {
    #[cfg(target_os = "linux")]
    quiet_alsa();
    cpal::default_host()
}

/// ALSA prints to the standard error output what it tries in vain, once a thread is not told otherwise.
#[cfg(target_os = "linux")]
fn quiet_alsa() {
    // The handler is the thread's own and stays; a new one also empties the old one's buffer.
    if let Err(error) = alsa::Output::local_error_handler() {
        static ONCE: std::sync::Once = std::sync::Once::new();
        ONCE.call_once(|| log::warn!("ALSA's messages cannot be kept off the terminal: {error}"));
    }
}

/// The output devices and what they are called.
fn named(host: &Host) -> Result<Vec<(OutputDevice, cpal::Device)>, AudioError> {
    let devices = host.output_devices().map_err(silent)?;
    let of = |device: cpal::Device| {
        let id = device.id().ok()?.to_string();
        let name = device.description().ok()?.name().to_owned();
        Some((OutputDevice { id, name }, device))
    };
    Ok(devices.filter_map(of).collect())
}

fn find(host: &Host, wanted: Option<&str>) -> Result<cpal::Device, AudioError> {
    let Some(wanted) = wanted else { return host.default_output_device().ok_or(AudioError::NoDevice) };
    let (names, mut devices): (Vec<_>, Vec<_>) = named(host)?.into_iter().unzip();
    Ok(devices.swap_remove(choose(&names, wanted)?))
}

/// What a device takes without converting anything.
fn own_format(device: &cpal::Device) -> Result<(OpenDevice, SupportedStreamConfig), AudioError> {
    let config = device.default_output_config().map_err(silent)?;
    let name = device.description().map_err(silent)?.name().to_owned();
    let open = OpenDevice { name, rate: config.sample_rate(), channels: config.channels() };
    Ok((open, config))
}

/// How many frames the device asks for at a time: it is filled twice ahead.
fn period(ahead: Duration, config: &SupportedStreamConfig) -> BufferSize {
    let SupportedBufferSize::Range { min, max } = *config.buffer_size() else { return BufferSize::Default };
    let frames = ahead.as_secs_f64() / 2.0 * f64::from(config.sample_rate());
    // The whole of a device's memory is twice what it can be asked for at a time.
    BufferSize::Fixed((frames as u32).min(max / 2).max(min))
}

fn start(
    device: &cpal::Device,
    open: OpenDevice,
    format: SampleFormat,
    period: BufferSize,
    source: Box<dyn Source>,
    lost: Lost,
) -> Result<Stream, AudioError> {
    let start = match format {
        SampleFormat::I8 => start_as::<i8>,
        SampleFormat::I16 => start_as::<i16>,
        SampleFormat::I24 => start_as::<I24>,
        SampleFormat::I32 => start_as::<i32>,
        SampleFormat::I64 => start_as::<i64>,
        SampleFormat::U8 => start_as::<u8>,
        SampleFormat::U16 => start_as::<u16>,
        SampleFormat::U24 => start_as::<U24>,
        SampleFormat::U32 => start_as::<u32>,
        SampleFormat::U64 => start_as::<u64>,
        SampleFormat::F32 => start_as::<f32>,
        SampleFormat::F64 => start_as::<f64>,
        other => return Err(AudioError::Format(other.to_string())),
    };
    start(device, open, period, source, lost)
}

fn start_as<T: SizedSample + FromSample<f32>>(
    device: &cpal::Device,
    open: OpenDevice,
    period: BufferSize,
    mut source: Box<dyn Source>,
    mut lost: Lost,
) -> Result<Stream, AudioError> {
    source.prepare(open.rate);
    let channels = usize::from(open.channels);
    let mut clock = Clock::new(open.rate);
    let mut block = [[0.0; 2]; BLOCK];
    let fill = move |out: &mut [T], info: &OutputCallbackInfo| {
        let stamp = info.timestamp();
        let mut heard = Instant::now() + stamp.playback.duration_since(stamp.callback);
        for out in out.chunks_mut(BLOCK * channels) {
            let frames = &mut block[..out.len() / channels];
            heard = clock.pass(frames.len(), heard);
            source.fill(frames, heard);
            frames::write(frames, channels, out);
            heard += Duration::from_secs(frames.len() as u64) / open.rate;
        }
    };
    let failed = move |error: cpal::Error| match error.kind() {
        // A gap in the sound, or news about it; the stream goes on.
        ErrorKind::Xrun | ErrorKind::DeviceChanged | ErrorKind::RealtimeDenied => {}
        _ => lost(AudioError::Lost(error.to_string())),
    };
    let config = StreamConfig { channels: open.channels, sample_rate: open.rate, buffer_size: period };
    let stream = device.build_output_stream(config, fill, failed, None).map_err(silent)?;
    stream.play().map_err(silent)?;
    Ok(Stream::new(open, stream))
}
